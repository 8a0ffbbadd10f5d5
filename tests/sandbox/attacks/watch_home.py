"""Watches what happens in the home of the server.

expect: ok
limits: contained
seconds: 8
"""

import ctypes
import os

libc = ctypes.CDLL(None, use_errno=True)
watch = libc.inotify_add_watch(libc.inotify_init(), os.environ["CANARY_HOME"].encode(), 0xFFF)
print("ESCAPED" if watch >= 0 else "refused", os.strerror(ctypes.get_errno()))
