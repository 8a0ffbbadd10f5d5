"""Reads the environment and the command line of every process.

expect: ok
limits: escapes
seconds: 8
"""

import os

try:
    pids = os.listdir("/proc")
except OSError:
    pids = [os.environ["CANARY_PID"], str(os.getppid())]
for pid in pids:
    for name in ("environ", "cmdline"):
        try:
            with open(f"/proc/{pid}/{name}", "rb") as file:
                if b"CANARY-SECRET" in file.read():
                    print("ESCAPED", pid, name)
        except OSError:
            pass
print("looked")
