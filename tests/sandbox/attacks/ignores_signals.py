"""Ignores every signal that can be ignored, and goes on.

expect: timeout
limits: contained
seconds: 1
"""

import signal

for number in signal.valid_signals():
    try:
        signal.signal(number, signal.SIG_IGN)
    except (OSError, ValueError):
        pass
while True:
    pass
