"""Connects to a listener on loopback by TCP.

expect: ok
limits: escapes
seconds: 8
"""

import os
import socket

try:
    with socket.create_connection(("127.0.0.1", int(os.environ["CANARY_TCP"])), 1) as connection:
        connection.send(b"hello")
    print("ESCAPED")
except OSError as error:
    print("refused", error)
