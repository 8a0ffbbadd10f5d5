"""Takes memory that is mapped shared, not private.

expect: memory_limit, error
limits: contained
seconds: 12
"""

import mmap
import time

area = mmap.mmap(-1, 900 << 20)
for offset in range(0, 900 << 20, 4096):
    area[offset] = 1
time.sleep(11)
print("ESCAPED: 900 MiB of shared pages")
