"""Double-forks a daemon that outlives the program.

expect: ok
limits: contained
seconds: 8
"""

import os
import time

if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        for fd in (0, 1, 2):
            os.close(fd)
        time.sleep(120)
    os._exit(0)
print("the daemon is away")
