"""Is stopped by the clock with forty children, all spinning.

expect: timeout, error
limits: contained
seconds: 1
"""

import os

for _ in range(40):
    if os.fork() == 0:
        break
while True:
    pass
