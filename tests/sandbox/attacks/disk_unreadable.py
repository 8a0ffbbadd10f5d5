"""Fills a folder that its owner gave himself no right to read.

expect: ok, error, output_limit
limits: contained
seconds: 8
"""

import os

total = 0
try:
    os.mkdir("unreadable", 0o300)
    for number in range(40):
        with open(f"unreadable/fill-{number}", "wb", buffering=0) as file:
            for _ in range(15):
                total += file.write(bytes(1 << 20))
except OSError as error:
    print("refused", error)
print("ESCAPED" if total > 320 << 20 else "held", total >> 20, "MiB")
