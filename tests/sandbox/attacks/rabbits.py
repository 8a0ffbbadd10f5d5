"""Every process forks and exits, each child in a session of its own: a moving target.

expect: ok, timeout, error
limits: contained
seconds: 1
"""

import os
import time

end = time.monotonic() + 60
while time.monotonic() < end:
    try:
        if os.fork():
            os._exit(0)
        os.setsid()
    except OSError:
        pass
