"""Sends itself files that have no name, and receives none of them.

expect: ok, error, output_limit
limits: contained
seconds: 8
"""

import os
import socket

total = 0
carriers = socket.socketpair()
try:
    for _ in range(60):
        with open("fill", "wb", buffering=0) as file:
            os.unlink("fill")
            for _ in range(15):
                total += file.write(bytes(1 << 20))
            socket.send_fds(carriers[0], [b"x"], [file.fileno()])
except OSError as error:
    print("refused", error)
print("ESCAPED" if total > 320 << 20 else "held", total >> 20, "MiB")
