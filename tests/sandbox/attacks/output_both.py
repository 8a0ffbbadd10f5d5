"""Alternates between stdout and stderr, a letter each.

expect: output_limit, timeout
limits: contained
seconds: 8
"""

import os

while True:
    os.write(1, b"o")
    os.write(2, b"e")
