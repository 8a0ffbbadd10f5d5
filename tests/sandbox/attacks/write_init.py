"""Writes into the memory of the first process of its world.

expect: ok
limits: contained
seconds: 8
"""

import os

try:
    with open("/proc/1/maps") as maps:
        first = maps.readline().partition("-")[0]
    memory = os.open("/proc/1/mem", os.O_RDWR)
    os.lseek(memory, int(first, 16), os.SEEK_SET)
    with open("/proc/1/status") as status:
        filtered = "Seccomp:\t2" in status.read()
    print(
        "written" if filtered else "ESCAPED: a process without the filter", os.write(memory, b"x")
    )
except (OSError, ValueError) as error:
    print("refused", error)
