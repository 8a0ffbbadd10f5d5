"""Closes its output and spins: the ends of the pipes are not the end of the run.

expect: timeout
limits: contained
seconds: 1
"""

import os

for fd in (0, 1, 2):
    os.close(fd)
while True:
    pass
