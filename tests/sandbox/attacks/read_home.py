"""Reads a private key in the home of the server.

expect: ok
limits: escapes
seconds: 8
"""

import os

try:
    with open(os.environ["CANARY_KEY"]) as file:
        print("ESCAPED", file.read())
except OSError as error:
    print("refused", error)
