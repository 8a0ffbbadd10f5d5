"""Makes sets of rules for sandboxes of its own, with a rule for every port."""

import ctypes
import struct

import hoard

libc = ctypes.CDLL(None, use_errno=True)


def make() -> object:
    sets = []
    for _ in range(50):
        sets.append(libc.syscall(444, struct.pack("=QQ", 0, 3), ctypes.c_size_t(16), 0))
        if sets[-1] < 0:
            raise OSError(ctypes.get_errno(), "a set")
        for port in range(20_000):
            libc.syscall(445, sets[-1], 2, struct.pack("=QQ", 1, port), 0)
            hoard.holds(64)
    return sets


hoard.in_processes(20, make)
