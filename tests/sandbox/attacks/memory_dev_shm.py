"""Fills /dev/shm.

expect: ok, error
limits: escapes
seconds: 8
"""

import os

total = 0
try:
    for number in range(20):
        path = f"/dev/shm/hoard-{os.getpid()}-{number}"
        with open(path, "wb", buffering=0) as file:
            for _ in range(4):
                total += file.write(bytes(1 << 20))
except OSError as error:
    print("refused", error)
finally:
    for number in range(20):
        try:
            os.unlink(f"/dev/shm/hoard-{os.getpid()}-{number}")
        except OSError:
            pass
print("ESCAPED" if total > 32 << 20 else "held", total >> 20, "MiB")
