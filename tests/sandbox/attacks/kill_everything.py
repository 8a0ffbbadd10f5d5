"""Signals everything that it may signal.

expect: ok, killed, error, timeout
limits: not run: it would signal everything of this user
seconds: 8
"""

import os
import signal

try:
    os.kill(-1, signal.SIGTERM)
    os.kill(-1, signal.SIGKILL)
except OSError as error:
    print("refused", error)
