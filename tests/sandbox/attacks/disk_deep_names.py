"""Fills folders nested deeper than a path can be long, by names as long as can be.

expect: ok, error, output_limit
limits: contained
seconds: 8
"""

import os

total = 0
try:
    for _ in range(20):
        os.mkdir("d" * 250)
        os.chdir("d" * 250)
    for number in range(40):
        with open(f"fill-{number}", "wb", buffering=0) as file:
            for _ in range(15):
                total += file.write(bytes(1 << 20))
except OSError as error:
    print("refused", error)
print("ESCAPED" if total > 320 << 20 else "held", total >> 20, "MiB")
