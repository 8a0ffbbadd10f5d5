"""Makes a process of the server the last to be scheduled.

expect: ok
limits: escapes
seconds: 8
"""

import os
from collections.abc import Callable

pid = int(os.environ["CANARY_PID"])
changes: list[Callable[[], None]] = [
    lambda: os.setpriority(os.PRIO_PROCESS, pid, 19),
    lambda: os.sched_setscheduler(pid, os.SCHED_IDLE, os.sched_param(0)),
]
for change in changes:
    try:
        change()
        print("set")
    except OSError as error:
        print("refused", error)
