"""Mounts, changes the root, opens by handle.

expect: ok
limits: contained
seconds: 8
"""

import ctypes
import os
from collections.abc import Callable

libc = ctypes.CDLL(None, use_errno=True)
os.mkdir("place")
calls: dict[str, Callable[[], int]] = {
    "mount": lambda: libc.mount(b"none", b"place", b"tmpfs", 0, None),
    "bind": lambda: libc.mount(b"/", b"place", None, 4096, None),
    "umount": lambda: libc.umount2(b"/proc", 2),
    "chroot": lambda: libc.chroot(b"place"),
    "fsopen": lambda: libc.syscall(430, b"tmpfs", 0),
    "open_tree": lambda: libc.syscall(428, -100, b"/", 1),
    "open_by_handle_at": lambda: libc.open_by_handle_at(0, b"\0" * 64, 0),
}
for name, call in calls.items():
    print("ESCAPED" if call() >= 0 else "refused", name, os.strerror(ctypes.get_errno()))
