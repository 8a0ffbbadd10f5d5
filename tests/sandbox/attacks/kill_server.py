"""Signals a process of the server by its number.

expect: ok
limits: escapes
seconds: 8
"""

import os
import signal

try:
    os.kill(int(os.environ["CANARY_PID"]), signal.SIGKILL)
    print("signalled")
except OSError as error:
    print("refused", error)
