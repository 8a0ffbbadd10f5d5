"""Reads the memory of the process above it by system call.

expect: ok
limits: may escape
seconds: 8
"""

import ctypes
import os

libc = ctypes.CDLL(None, use_errno=True)


class Part(ctypes.Structure):
    _fields_ = (("base", ctypes.c_void_p), ("length", ctypes.c_size_t))


buffer = ctypes.create_string_buffer(16)
here = Part(ctypes.addressof(buffer), 16)
try:
    with open(f"/proc/{os.environ['CANARY_PID']}/maps") as maps:
        first = int(maps.readline().partition("-")[0], 16)
except OSError:
    first = 0x400000
there = Part(first, 16)
read = libc.process_vm_readv(
    int(os.environ["CANARY_PID"]), ctypes.byref(here), 1, ctypes.byref(there), 1, 0
)
print("ESCAPED" if read > 0 else "refused", os.strerror(ctypes.get_errno()))
