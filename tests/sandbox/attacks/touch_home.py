"""Changes the times and attributes of the key of the server.

expect: ok
limits: escapes
seconds: 8
"""

import os

path = os.environ["CANARY_KEY"]
for change in (lambda: os.utime(path, (0, 0)), lambda: os.setxattr(path, "user.mine", b"yes")):
    try:
        change()
        print("ESCAPED")
    except OSError as error:
        print("refused", error)
