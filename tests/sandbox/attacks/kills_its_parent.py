"""Kills the process above it and goes on.

expect: killed, error, timeout, ok
limits: not run: it kills what would clean up
seconds: 1
"""

import signal

import common

common.signal_parent(signal.SIGKILL)
