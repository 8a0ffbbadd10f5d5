"""Finds the pipes by which the sandbox reports, and lies and floods.

expect: ok, killed, error, timeout, failed
limits: may escape
seconds: 1
"""

import os

lie = b'{ "child-pid": %d }\n{ "exit-code": 0 }\n' % int(os.environ["CANARY_PID"])
for pid in (1, 2, os.getppid(), os.getppid() - 1):
    for fd in range(3, 64):
        try:
            pipe = os.open(f"/proc/{pid}/fd/{fd}", os.O_WRONLY | os.O_NONBLOCK)
        except OSError:
            continue
        try:
            os.write(pipe, lie)
            for _ in range(200):
                os.write(pipe, b"status 0\nrunning\nexit 0\n" * 100)
        except OSError:
            pass
print("lied")
while True:
    pass
