"""Attaches to a process of the server as a debugger.

expect: ok
limits: may escape
seconds: 8
"""

import ctypes
import os

libc = ctypes.CDLL(None, use_errno=True)
PTRACE_SEIZE = 0x4206
result = libc.ptrace(PTRACE_SEIZE, int(os.environ["CANARY_PID"]), None, None)
print("traced" if result == 0 else "refused", os.strerror(ctypes.get_errno()))
if result == 0:
    with open(f"/proc/{os.environ['CANARY_PID']}/cmdline", "rb") as file:
        if b"CANARY" in file.read():
            print("ESCAPED")
