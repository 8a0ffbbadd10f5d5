"""Types into a terminal that it does not own.

expect: ok
limits: contained
seconds: 8
"""

import fcntl
import os

for path in ("/dev/tty", "/dev/console", "/dev/tty0"):
    try:
        terminal = os.open(path, os.O_RDWR)
        fcntl.ioctl(terminal, 0x5412, b"x")
        print("ESCAPED", path)
    except OSError as error:
        print("refused", error)
for fd in (0, 1, 2):
    print("ESCAPED" if os.isatty(fd) else "no terminal")
