"""Tries system calls that no exercise needs.

expect: ok
limits: may escape
seconds: 8
"""

import ctypes
import os
import platform
from collections.abc import Callable

libc = ctypes.CDLL(None, use_errno=True)
X86 = platform.machine() == "x86_64"
room = ctypes.create_string_buffer(256)
calls: dict[str, Callable[[], int]] = {
    "io_uring_setup": lambda: libc.syscall(425, 4, room),
    "add_key": lambda: libc.syscall(248 if X86 else 217, b"user", b"name", b"value", 5, -2),
    "keyctl": lambda: libc.syscall(250 if X86 else 219, 0, -2, 1),
    "bpf": lambda: libc.syscall(321 if X86 else 280, 0, room, 64),
    "perf_event_open": lambda: libc.syscall(298 if X86 else 241, room, 0, -1, -1, 0),
    "userfaultfd": lambda: libc.syscall(323 if X86 else 282, 1),
    "personality": lambda: libc.personality(0x0040000),
    "semget": lambda: libc.semctl(libc.semget(0, 1, 0o1600), 0, 0),
    "msgget": lambda: libc.msgctl(libc.msgget(0, 0o1600), 0, None),
    "of tomorrow": lambda: libc.syscall(4000),
}
for name, call in calls.items():
    print("ESCAPED" if call() >= 0 else "refused", name, os.strerror(ctypes.get_errno()))
