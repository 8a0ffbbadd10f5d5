"""Cuts its memory into as many mappings as it may have, in many processes."""

import ctypes

import hoard

libc = ctypes.CDLL(None, use_errno=True)
libc.mmap.restype = ctypes.c_void_p
libc.mmap.argtypes = [ctypes.c_void_p, ctypes.c_size_t, *[ctypes.c_int] * 3, ctypes.c_long]
libc.mprotect.argtypes = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int]
MAPPINGS = 32_000

area = libc.mmap(None, MAPPINGS * 8192, 1, 0x22, -1, 0)
for at in range(area, area + MAPPINGS * 8192, 8192):
    if libc.mprotect(at, 4096, 3) != 0:
        break


def hold() -> object:
    hoard.holds(MAPPINGS * 2 * 200)
    return area


hoard.in_processes(60, hold)
