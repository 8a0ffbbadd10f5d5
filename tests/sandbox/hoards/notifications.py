"""Has every watch told of every file, and reads nothing of it."""

import ctypes
import os

import hoard

libc = ctypes.CDLL(None, use_errno=True)
os.mkdir("watched")


def watch() -> object:
    watches = []
    for _ in range(50):
        watches.append(libc.inotify_init1(0o4000))
        if libc.inotify_add_watch(watches[-1], b"watched", 0xFFF) < 0:
            raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    for number in range(5000):
        os.close(os.open(f"watched/{'n' * 200}{number}", os.O_CREAT, 0o600))
        os.unlink(f"watched/{'n' * 200}{number}")
        hoard.holds(50 * 5 * 300)
    return watches


hoard.in_processes(2, watch)
