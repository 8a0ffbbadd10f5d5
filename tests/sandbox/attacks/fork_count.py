"""Counts how many processes it can have at the same time.

expect: ok
limits: contained
seconds: 8
"""

import os
import time

children = 0
try:
    while children < 500:
        if os.fork() == 0:
            time.sleep(60)
            os._exit(0)
        children += 1
except OSError:
    pass
print("ESCAPED" if children > 100 else "refused", children, "processes")
