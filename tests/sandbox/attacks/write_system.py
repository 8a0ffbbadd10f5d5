"""Writes to the system, the interpreter and its packages.

expect: ok
limits: contained
seconds: 8
"""

import os
import sys

folders = [
    "/",
    "/usr",
    "/usr/bin",
    "/etc",
    "/bin",
    "/dev",
    sys.prefix,
    os.path.dirname(os.__file__),
]
for folder in folders:
    try:
        with open(f"{folder}/planted", "w"):
            print("ESCAPED", folder)
    except OSError as error:
        print("refused", error)
