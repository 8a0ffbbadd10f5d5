"""Looks for rights: capabilities, set-user-ID programs.

expect: ok, error
limits: contained
seconds: 8
"""

import os
import subprocess

libc_ways = (os.setuid, os.setgid, os.seteuid)
for way in libc_ways:
    try:
        way(0)
        print("ESCAPED", way.__name__)
    except OSError as error:
        print("refused", error)
print("ESCAPED: root" if os.getuid() == 0 else "not root")
for program in ("/usr/bin/su", "/usr/bin/mount", "/usr/bin/newgrp"):
    try:
        done = subprocess.run([program, "--version"], capture_output=True, timeout=1)
        print(program, done.returncode)
    except (OSError, subprocess.SubprocessError) as error:
        print("refused", error)
try:
    with open("/proc/self/status") as status:
        state = dict(line.split(":", 1) for line in status)
    if int(state["CapEff"], 16) or int(state["CapBnd"], 16) & 0 or "1" not in state["NoNewPrivs"]:
        print("ESCAPED", state["CapEff"], state["NoNewPrivs"])
except OSError as error:
    print("refused", error)
