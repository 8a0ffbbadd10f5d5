"""Writes bytes that are no text.

expect: ok
limits: contained
seconds: 8
"""

import os

os.write(1, bytes(range(256)) * 40)
os.write(1, "é".encode()[:1])
