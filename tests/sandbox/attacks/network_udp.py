"""Sends a datagram to a listener on loopback.

expect: ok
limits: escapes
seconds: 8
"""

import os
import socket

try:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as connection:
        connection.sendto(b"hello", ("127.0.0.1", int(os.environ["CANARY_UDP"])))
    print("sent")
except OSError as error:
    print("refused", error)
