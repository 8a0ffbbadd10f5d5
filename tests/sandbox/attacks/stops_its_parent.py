"""Stops the process above it, so that nobody waits for the program.

expect: timeout, ok
limits: contained
seconds: 1
"""

import os
import signal
import time

try:
    os.kill(os.getppid(), signal.SIGSTOP)
except PermissionError:
    pass
time.sleep(60)
