"""Makes and enters namespaces, for capabilities in them.

expect: ok
limits: may escape
seconds: 8
"""

import ctypes
import os
import platform

libc = ctypes.CDLL(None, use_errno=True)
CLONE = 56 if platform.machine() == "x86_64" else 220
for flag in (0x10000000, 0x10020000, 0x20000000, 0x40000000, 0x08000000, 0x02000000):
    pid = os.fork()
    if pid == 0:
        done = libc.unshare(flag) == 0
        print("ESCAPED unshare" if done else "refused", hex(flag), flush=True)
        os._exit(0)
    os.waitpid(pid, 0)
    child = libc.syscall(CLONE, flag | 17, 0, 0, 0, 0)
    if child == 0:
        os._exit(0)
    print("ESCAPED clone" if child > 0 else "refused", hex(flag), flush=True)
