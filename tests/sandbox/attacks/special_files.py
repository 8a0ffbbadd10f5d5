"""Leaves a pipe and a socket where a reader might hang on them.

expect: ok, error
limits: contained
seconds: 8
"""

import os
import socket

os.mkfifo("main.py.fifo")
try:
    listener = socket.socket(socket.AF_UNIX)
    listener.bind("socket")
except OSError as error:
    print("refused", error)
print("made")
