"""Takes away the limits of a process of the server.

expect: ok
limits: escapes
seconds: 8
"""

import os
import resource

try:
    resource.prlimit(int(os.environ["CANARY_PID"]), resource.RLIMIT_NOFILE, (7, 7))
    print("set")
except (OSError, ValueError) as error:
    print("refused", error)
