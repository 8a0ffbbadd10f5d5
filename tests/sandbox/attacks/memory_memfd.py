"""Keeps memory in files without a name, which no process maps.

expect: ok, error
limits: contained
seconds: 8
"""

import os

total = 0
try:
    for _ in range(20):
        fd = os.memfd_create("hoard")
        for _ in range(15):
            total += os.write(fd, bytes(1 << 20))
except OSError as error:
    print("refused", error)
print("ESCAPED" if total > 100 << 20 else "held", total >> 20, "MiB")
