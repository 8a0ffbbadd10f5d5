"""Writes to the switches of the kernel, such as the core pattern.

expect: ok
limits: contained
seconds: 8
"""

import os

for path in (
    "/proc/sys/kernel/core_pattern",
    "/proc/sys/kernel/modprobe",
    "/proc/sys/vm/overcommit_memory",
    "/proc/sysrq-trigger",
    "/sys/kernel/uevent_helper",
    "/proc/self/oom_score_adj",
):
    try:
        os.close(os.open(path, os.O_WRONLY))
        if "self" not in path:
            print("ESCAPED", path)
    except OSError as error:
        print("refused", error)
