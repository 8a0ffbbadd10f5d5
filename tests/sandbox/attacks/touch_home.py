"""Changes the times and attributes of the key of the server.

expect: ok
limits: escapes
seconds: 8
"""

import os

import common

path = os.environ["CANARY_KEY"]
common.attempt(
    lambda: os.utime(path, (0, 0)),
    lambda: os.setxattr(path, "user.mine", b"yes"),
    done="ESCAPED",
)
