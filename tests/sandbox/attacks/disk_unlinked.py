"""Fills files that have no name any more.

expect: ok, error, output_limit
limits: contained
seconds: 8
"""

import os

total = 0
kept = []
try:
    for _ in range(50):
        file = open("fill", "wb", buffering=0)
        os.unlink("fill")
        kept.append(file)
        for _ in range(15):
            total += file.write(bytes(1 << 20))
except OSError as error:
    print("refused", error)
print("ESCAPED" if total > 320 << 20 else "held", total >> 20, "MiB")
