"""Fills shared memory and unmaps it but for a page, which keeps the whole of it."""

import ctypes

import hoard

libc = ctypes.CDLL(None, use_errno=True)
libc.mmap.restype = ctypes.c_void_p
libc.mmap.argtypes = [ctypes.c_void_p, ctypes.c_size_t, *[ctypes.c_int] * 3, ctypes.c_long]
libc.munmap.argtypes = [ctypes.c_void_p, ctypes.c_size_t]
SIZE = 48 << 20


def fill() -> object:
    for _ in range(60):
        area = libc.mmap(None, SIZE, 3, 0x21, -1, 0)  # shared, anonymous
        if area in (None, 2**64 - 1):
            raise MemoryError
        ctypes.memset(area, 1, SIZE)
        libc.munmap(area + 4096, SIZE - 4096)
        hoard.holds(SIZE)
    return True


hoard.in_processes(2, fill)
