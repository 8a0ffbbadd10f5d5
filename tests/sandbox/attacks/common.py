"""What attacks share; it lies beside each of them in the sandbox."""

import mmap
import os
import time
from collections.abc import Callable, Iterable, Iterator
from io import FileIO

MIB = 1 << 20


def fill(files: Iterable[FileIO], most: int) -> None:
    """Write 15 MiB to each; more than `most` MiB in all of them is an escape."""
    total = 0
    try:
        for file in files:
            for _ in range(15):
                total += file.write(bytes(MIB))
    except OSError as error:
        print("refused", error)
    print("ESCAPED" if total > most * MIB else "held", total // MIB, "MiB")


def new_files(path: str, count: int = 40) -> Iterator[FileIO]:
    for number in range(count):
        with FileIO(f"{path}-{number}", "w") as file:
            yield file


def mapped_files(path: str, *, unlink_first: bool) -> Iterator[FileIO]:
    """Files that lose their name, and of which a page stays in memory."""
    kept = []
    for _ in range(60):
        with FileIO(path, "w+") as file:
            if unlink_first:
                os.unlink(path)
            yield file
            kept.append(mmap.mmap(file.fileno(), 4096))
        if not unlink_first:
            os.unlink(path)
        os.closerange(3, 64)  # also the copy that the mapping keeps


def signal_parent(number: int) -> None:
    """Send a signal to the process above this one, and stay."""
    try:
        os.kill(os.getppid(), number)
    except PermissionError:
        pass
    time.sleep(60)


def open_each(paths: Iterable[str], flags: int) -> Iterator[str]:
    """Those that can be opened."""
    for path in paths:
        try:
            os.close(os.open(path, flags))
            yield path
        except OSError as error:
            print("refused", error)


def attempt(*changes: Callable[[], object], done: str) -> None:
    """Try each, and say `done` of each that succeeds."""
    for change in changes:
        try:
            change()
            print(done)
        except OSError as error:
            print("refused", error)
