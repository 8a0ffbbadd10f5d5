"""Forks for ever, and so do all of its children.

expect: timeout, error, memory_limit, killed
limits: contained
seconds: 1
"""

import os

while True:
    try:
        os.fork()
    except OSError:
        pass
