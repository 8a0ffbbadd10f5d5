"""Nests folders deeper than a path can be long.

expect: ok, error, output_limit
limits: contained
seconds: 8
"""

import os

try:
    for _ in range(4000):
        os.mkdir("deeper")
        os.chdir("deeper")
except OSError as error:
    print("refused", error)
