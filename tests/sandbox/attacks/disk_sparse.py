"""Makes a file that claims to be a terabyte.

expect: ok, error, killed
limits: contained
seconds: 8
"""

import os
import signal

signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
try:
    with open("sparse", "wb") as file:
        os.truncate(file.fileno(), 1 << 40)
    print("ESCAPED")
except OSError as error:
    print("refused", error)
