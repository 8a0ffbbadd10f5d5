"""Walks out through the root and the folder of other processes.

expect: ok
limits: escapes
seconds: 8
"""

import os

pids = [os.environ["CANARY_PID"], "1", str(os.getppid())]
for pid in pids:
    for way in ("root", "cwd"):
        try:
            with open(f"/proc/{pid}/{way}{os.environ['CANARY_KEY']}") as file:
                print("ESCAPED", pid, way, file.read())
        except OSError as error:
            print("refused", error)
