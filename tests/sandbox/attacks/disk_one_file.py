"""Makes one very large file.

expect: ok, error, killed
limits: contained
seconds: 8
"""

import signal

signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
total = 0
try:
    with open("large", "wb", buffering=0) as file:
        for _ in range(200):
            total += file.write(bytes(1 << 20))
except OSError as error:
    print("refused", error)
print("ESCAPED" if total > 32 << 20 else "held", total >> 20, "MiB")
