"""Takes memory in many children, each within its own limit.

expect: memory_limit
limits: contained
seconds: 12
"""

import os
import time

for _ in range(8):
    if os.fork() == 0:
        block = bytearray(b"x") * (300 << 20)
        time.sleep(60)
        os._exit(0)
time.sleep(11)
print("ESCAPED: 2.4 GiB in children")
