"""Asks for a table of locks as large as there can be."""

import ctypes

import hoard

libc = ctypes.CDLL(None, use_errno=True)


def ask() -> object:
    if libc.prctl(78, 1, ctypes.c_ulong(1 << 20), 0, 0) < 0:
        raise OSError(ctypes.get_errno(), "the table")
    hoard.holds(64 << 20)
    return True


hoard.in_processes(30, ask)
