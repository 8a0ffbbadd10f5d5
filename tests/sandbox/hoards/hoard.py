"""What the hoards share: telling how much they hold, and working in many processes at once."""

import os
import socket
import time
from collections.abc import Callable

SECONDS = 1.0  # for which what was taken is kept
_untold = 0


def holds(size: int) -> None:
    """Tell of so many more bytes that are held."""
    global _untold
    _untold += size
    if _untold >= 4 << 20:
        _tell()


def fill(end: socket.socket) -> None:
    """Send all that the socket takes without anybody who receives."""
    end.setblocking(False)
    try:
        while True:
            holds(end.send(bytes(1 << 16)))
    except BlockingIOError:
        pass


def _tell() -> None:
    global _untold
    os.write(1, b"+%d MiB\n" % (_untold >> 20))
    _untold &= (1 << 20) - 1


def in_processes(count: int, work: Callable[[], object]) -> None:
    """Do the work in so many processes, and keep what it took for a while."""
    children = []
    for _ in range(count):
        try:
            pid = os.fork()
        except OSError as error:
            print("refused", error)
            break
        if pid == 0:
            try:
                kept = work()
            except (OSError, MemoryError) as error:
                kept = None
                print("refused", error, flush=True)
            _tell()
            time.sleep(SECONDS)
            os._exit(kept is None)
        children.append(pid)
    for pid in children:
        os.waitpid(pid, 0)
