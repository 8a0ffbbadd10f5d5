"""Connects to a unix socket of the server that has a path.

expect: ok
limits: escapes
seconds: 8
"""

import os
import socket

try:
    with socket.socket(socket.AF_UNIX) as connection:
        connection.connect(os.environ["CANARY_SOCKET"])
    print("ESCAPED")
except OSError as error:
    print("refused", error)
