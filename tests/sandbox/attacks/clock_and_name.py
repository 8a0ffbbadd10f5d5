"""Sets the clock and the name of the machine.

expect: ok
limits: contained
seconds: 8
"""

import ctypes
import time

try:
    time.clock_settime(time.CLOCK_REALTIME, 0)
    print("ESCAPED")
except OSError as error:
    print("refused", error)
libc = ctypes.CDLL(None, use_errno=True)
print("ESCAPED" if libc.sethostname(b"mine", 4) == 0 else "refused")
print("ESCAPED" if libc.reboot(0) == 0 else "refused")
