"""Reaches the key of the server through a symbolic and a hard link.

expect: ok
limits: escapes
seconds: 8
"""

import os

for link in (os.symlink, os.link):
    name = link.__name__
    try:
        link(os.environ["CANARY_KEY"], name)
        with open(name) as file:
            print("ESCAPED", file.read())
    except OSError as error:
        print("refused", error)
