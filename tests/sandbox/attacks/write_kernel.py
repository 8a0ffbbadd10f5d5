"""Writes to the switches of the kernel, such as the core pattern.

expect: ok
limits: contained
seconds: 8
"""

import os

import common

SWITCHES = (
    "/proc/sys/kernel/core_pattern",
    "/proc/sys/kernel/modprobe",
    "/proc/sys/vm/overcommit_memory",
    "/proc/sysrq-trigger",
    "/sys/kernel/uevent_helper",
    "/proc/self/oom_score_adj",
)
for path in common.open_each(SWITCHES, os.O_WRONLY):
    if "self" not in path:
        print("ESCAPED", path)
