"""What processes hold of the machine's memory."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from collabpad.sandbox import kernel_memory, process_memory, process_tree

MIB = 1 << 20
PLENTY = 1 << 40
LOST = kernel_memory.Unaccounted(total=PLENTY, shared=300 * MIB)


@contextmanager
def running(code: str) -> Iterator[int]:
    """A program that has done what it does once `ready` is called."""
    ready = "\nprint('ready', flush=True)\nimport time\ntime.sleep(600)"
    process = subprocess.Popen([sys.executable, "-S", "-c", code + ready], stdout=subprocess.PIPE)
    assert process.stdout is not None
    try:
        assert process.stdout.readline() == b"ready\n"
        yield process.pid
    finally:
        process_tree.kill(process.pid)
        process.wait()
        process.stdout.close()


def could_hide(root: int, *, namespaced: bool = False) -> float:
    return kernel_memory.attributable(root, process_tree.members(root), LOST, namespaced=namespaced)


def test_a_family_s_pages_are_counted_once() -> None:
    code = """
import os, time
block = bytearray(b"x") * (64 << 20)
for _ in range(3):
    if os.fork() == 0:
        time.sleep(600)
"""
    with running(code) as root:
        pages = process_memory.Pages(process_tree.members(root))
        assert pages.at_most > 256 * MIB
        assert 64 * MIB < pages.counted_once(PLENTY) < 128 * MIB


def test_the_walk_ends_where_there_is_too_much() -> None:
    with running("block = bytearray(b'x') * (32 << 20)") as root:
        assert process_memory.Pages([root, root, root]).counted_once(1) < 64 * MIB


def test_page_tables_count() -> None:
    code = """
import mmap
area = mmap.mmap(-1, 8 << 30, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
area.madvise(15)
for offset in range(0, 8 << 30, 2 << 20):
    area[offset]
"""
    with running(code) as root:
        assert process_memory.Pages([root]).at_most > 24 * MIB


def test_an_ordinary_program_can_hide_next_to_nothing() -> None:
    code = "import threading, json, sqlite3, socket; open('/dev/null')"
    with running(code) as root:
        assert could_hide(root) < 48 * MIB


@pytest.mark.parametrize(
    ("code", "at_least"),
    [
        ("import socket; kept = [socket.socketpair() for _ in range(200)]", 100 * MIB),
        ("import mmap; kept = [mmap.mmap(-1, 4096) for _ in range(5)]", 299 * MIB),
        ("import os; kept = [os.pipe() for _ in range(60)]", 60 * MIB),
        ("import os; kept = [os.openpty() for _ in range(40)]", 100 * MIB),
        (
            "import os, select\nkept = [(os.eventfd(0), select.epoll()) for _ in range(100)]",
            200 * MIB,
        ),
    ],
    ids=["sockets", "shared memory", "pipes", "terminals", "epolls"],
)
def test_what_can_hide_memory_is_suspected(code: str, at_least: int) -> None:
    with running(code) as root:
        assert could_hide(root) > at_least


def test_what_is_on_its_way_is_suspected_where_something_is() -> None:
    code = "import socket; here, there = socket.socketpair()"
    with running(code) as root:
        assert could_hide(root) < 48 * MIB
    with running(code + "; socket.send_fds(here, [b'x'], [0])") as root:
        assert could_hide(root) > 100 * MIB


def test_a_great_many_mappings_or_locks_are_suspected_of_everything() -> None:
    cut = """
import mmap, ctypes
area = mmap.mmap(-1, 20_000 * 8192, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
start = ctypes.addressof(ctypes.c_char.from_buffer(area))
protect = ctypes.CDLL(None).mprotect
protect.argtypes = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int]
for at in range(start, start + 20_000 * 8192, 8192):
    protect(at, 4096, 1)
"""
    with running(cut) as root:
        assert could_hide(root) == PLENTY
    lock = """
import fcntl, tempfile
files = [tempfile.TemporaryFile() for _ in range(10)]
for file in files:
    for at in range(2000, 0, -2):
        fcntl.lockf(file, fcntl.LOCK_EX, 1, at)
"""
    with running(lock) as root:
        assert could_hide(root) == PLENTY


def test_what_may_not_be_looked_into_is_suspected_of_everything() -> None:
    if os.geteuid() == 0:
        pytest.skip("kernel: nothing is hidden from root")
    with running("import ctypes; ctypes.CDLL(None).prctl(4, 0, 0, 0, 0)") as root:
        assert could_hide(root) == PLENTY


def test_no_more_is_hidden_than_is_lost() -> None:
    with running("import mmap; kept = [mmap.mmap(-1, 4096) for _ in range(5)]") as root:
        for lost, expected in ((7 * MIB, 7 * MIB), (-7 * MIB, 0)):
            found = kernel_memory.attributable(
                root, [root], kernel_memory.Unaccounted(lost, lost), namespaced=False
            )
            assert found == expected


def test_what_is_gone_holds_nothing() -> None:
    process = subprocess.Popen([sys.executable, "-S", "-c", "pass"])
    process.wait()
    assert process_memory.Pages([process.pid]).counted_once(0) == 0
    assert process_memory.files_in_memory(process.pid) == 0
    assert could_hide(process.pid, namespaced=True) < 4 * MIB


def test_the_host_s_own_files_are_nobody_s() -> None:
    assert process_memory.files_in_memory(os.getpid()) == 0
