"""Keeps memory in a System V segment, attached to nothing.

expect: ok, error
limits: contained
seconds: 8
"""

import ctypes

libc = ctypes.CDLL(None, use_errno=True)
libc.shmat.restype = ctypes.c_void_p
segment = libc.shmget(0, ctypes.c_size_t(128 << 20), 0o1600)
if segment < 0:
    print("refused")
else:
    address = libc.shmat(segment, None, 0)
    ctypes.memset(address, 1, 128 << 20)
    libc.shmctl(segment, 0, None)
    print("ESCAPED: 128 MiB")
