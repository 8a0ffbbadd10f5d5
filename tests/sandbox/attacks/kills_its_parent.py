"""Kills the process above it and goes on.

expect: killed, error, timeout, ok
limits: not run: it kills what would clean up
seconds: 1
"""

import os
import signal
import time

try:
    os.kill(os.getppid(), signal.SIGKILL)
except PermissionError:
    pass
time.sleep(60)
