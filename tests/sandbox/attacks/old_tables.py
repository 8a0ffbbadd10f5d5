"""Calls the kernel by the tables of 32-bit programs.

expect: killed, ok, error
limits: contained
seconds: 8
"""

import ctypes
import mmap
import platform

if platform.machine() == "x86_64":
    X32_GETPID = 0x40000000 + 39
    libc = ctypes.CDLL(None, use_errno=True)
    print("ESCAPED x32" if libc.syscall(X32_GETPID) > 0 else "refused x32", flush=True)
    # mov eax, 20 (getpid of i386); int 0x80; ret
    code = bytes.fromhex("b814000000cd80c3")
    page = mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)
    page.write(code)
    address = ctypes.addressof(ctypes.c_char.from_buffer(page))
    print("i386 says", ctypes.CFUNCTYPE(ctypes.c_int)(address)(), flush=True)
