"""Does nothing for a very long time.

expect: timeout
limits: contained
seconds: 1
"""

import time

time.sleep(3600)
