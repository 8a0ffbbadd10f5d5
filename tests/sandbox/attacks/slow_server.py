"""Makes a process of the server the last to be scheduled.

expect: ok
limits: escapes
seconds: 8
"""

import os

import common

pid = int(os.environ["CANARY_PID"])
common.attempt(
    lambda: os.setpriority(os.PRIO_PROCESS, pid, 19),
    lambda: os.sched_setscheduler(pid, os.SCHED_IDLE, os.sched_param(0)),
    done="set",
)
