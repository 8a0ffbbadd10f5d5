"""Writes single letters for ever, never a newline.

expect: output_limit, timeout
limits: contained
seconds: 8
"""

import os

while True:
    os.write(1, b"a")
