"""Looks for the secrets of the server in its own environment.

expect: ok
limits: contained
seconds: 8
"""

import os

found = [name for name, value in os.environ.items() if "CANARY-SECRET" in value]
print("ESCAPED" if found else "nothing there", found)
