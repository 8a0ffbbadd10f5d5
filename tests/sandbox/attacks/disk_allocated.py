"""Has the disk set aside room, which takes less time than any look at it.

expect: ok, error, output_limit
limits: contained
seconds: 8
"""

import ctypes
import os

libc = ctypes.CDLL(None, use_errno=True)
total = 0
for number in range(200):
    file = os.open(f"fill-{number}", os.O_CREAT | os.O_WRONLY, 0o600)
    if libc.syscall(285 if os.uname().machine == "x86_64" else 47, file, 0, 0, 15 << 20) != 0:
        print("refused", os.strerror(ctypes.get_errno()))
        break
    total += 15 << 20
    os.close(file)
print("ESCAPED" if total > 320 << 20 else "held", total >> 20, "MiB")
