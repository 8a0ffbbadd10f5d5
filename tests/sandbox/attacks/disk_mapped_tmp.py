"""Keeps files in /tmp that have no name by a page of each in its memory.

expect: ok, error, output_limit
limits: may escape
seconds: 8
"""

import mmap
import os

total = 0
kept = []
try:
    for _ in range(60):
        with open(f"/tmp/fill-{os.getpid()}", "wb+", buffering=0) as file:
            os.unlink(file.name)
            for _ in range(15):
                total += file.write(bytes(1 << 20))
            area = mmap.mmap(file.fileno(), 4096)
            kept.append(area)
        os.closerange(3, 64)  # also the copy that the mapping keeps
except OSError as error:
    print("refused", error)
print("ESCAPED" if total > 320 << 20 else "held", total >> 20, "MiB")
