"""Looks for files and sockets that it inherited.

expect: ok
limits: contained
seconds: 8
"""

import os

for fd in range(3, 1024):
    try:
        os.fstat(fd)
    except OSError:
        continue
    print("ESCAPED", fd)
print("looked")
