"""Stops the process above it, so that nobody waits for the program.

expect: timeout, ok
limits: contained
seconds: 1
"""

import signal

import common

common.signal_parent(signal.SIGSTOP)
