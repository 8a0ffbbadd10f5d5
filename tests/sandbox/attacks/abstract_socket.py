"""Connects to an abstract unix socket of the server.

expect: ok
limits: escapes
seconds: 8
"""

import os
import socket

try:
    with socket.socket(socket.AF_UNIX) as connection:
        connection.connect("\0" + os.environ["CANARY_ABSTRACT"])
    print("ESCAPED")
except OSError as error:
    print("refused", error)
