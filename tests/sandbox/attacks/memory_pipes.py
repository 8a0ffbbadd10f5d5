"""Fills as many and as large pipes as it may have.

expect: ok, error
limits: contained
seconds: 8
"""

import fcntl
import os

total = 0
try:
    while True:
        reader, writer = os.pipe()
        try:
            fcntl.fcntl(writer, 1031, 1 << 20)
        except OSError:
            pass
        os.set_blocking(writer, False)
        try:
            while True:
                total += os.write(writer, bytes(65536))
        except BlockingIOError:
            pass
except OSError as error:
    print("refused", error)
print("ESCAPED" if total > 128 << 20 else "held", total >> 20, "MiB")
