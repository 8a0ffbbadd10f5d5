"""Leaves a process in another session that keeps stdout open.

expect: ok
limits: contained
seconds: 8
"""

import os
import time

if os.fork() == 0:
    os.setsid()
    time.sleep(120)
    os._exit(0)
print("gone")
