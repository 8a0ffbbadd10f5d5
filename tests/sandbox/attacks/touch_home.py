"""Changes the times and attributes of the key of the server.

expect: ok
limits: escapes
seconds: 8
"""

import os
from collections.abc import Callable

path = os.environ["CANARY_KEY"]
changes: list[Callable[[], None]] = [
    lambda: os.utime(path, (0, 0)),
    lambda: os.setxattr(path, "user.mine", b"yes"),
]
for change in changes:
    try:
        change()
        print("ESCAPED")
    except OSError as error:
        print("refused", error)
