"""Starts threads until there are no more.

expect: ok, error
limits: contained
seconds: 8
"""

import threading

hold = threading.Event()
threads = 0
try:
    while threads < 500:
        threading.Thread(target=hold.wait, daemon=True).start()
        threads += 1
except (RuntimeError, MemoryError):
    pass
print("ESCAPED" if threads > 100 else "refused", threads, "threads", flush=True)
