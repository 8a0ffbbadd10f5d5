"""Reads the memory and the open files of a process of the server.

expect: ok
limits: may escape
seconds: 8
"""

import os

pid = os.environ["CANARY_PID"]
try:
    with open(f"/proc/{pid}/mem", "r+b", buffering=0):
        with open(f"/proc/{pid}/cmdline", "rb") as file:
            if b"CANARY" in file.read():
                print("ESCAPED")
except OSError as error:
    print("refused", error)
