"""Writes to stderr for ever.

expect: output_limit
limits: contained
seconds: 8
"""

import sys

while True:
    sys.stderr.write("x" * 1000)
