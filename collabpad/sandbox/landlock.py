"""The rules of the Landlock backend: what a run may do with which paths. Pure.

Landlock denies what is handled and not granted. It is asked to handle everything that version 6
knows: file access, TCP, signals and abstract sockets; see landlock(7). What it has no say over is
left to the system call filter. It cannot hide that a path exists.
"""

from __future__ import annotations

import struct
from pathlib import Path

from . import environment, visible_cpus

NEEDED_ABI = 6  # Linux 6.12, the first whose signals and abstract sockets stay inside

_EXECUTE, _WRITE_FILE, _READ_FILE, _READ_DIR = 1 << 0, 1 << 1, 1 << 2, 1 << 3
_TRUNCATE, _IOCTL_DEV = 1 << 14, 1 << 15
_ALL_FILE_RIGHTS = (1 << 16) - 1
_MAKE_DEVICES_AND_SOCKETS = 1 << 6 | 1 << 9 | 1 << 11  # character devices, sockets, block devices
_ALL_TCP_RIGHTS = 0b11  # bind and connect
_ALL_SCOPES = 0b11  # abstract sockets and signals

_RUN = _EXECUTE | _READ_FILE | _READ_DIR
_OWN = _ALL_FILE_RIGHTS & ~(_IOCTL_DEV | _MAKE_DEVICES_AND_SOCKETS)
_SYSTEM_FOLDERS = ("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32")
_SYSTEM_FILES = (
    "/etc/ld.so.cache",
    "/etc/localtime",
    *environment.SYSTEM_FILES,
    "/etc/ssl/openssl.cnf",  # without which Node.js does not start
    "/dev/random",
    "/dev/urandom",
    "/dev/zero",
    "/proc/cpuinfo",
    "/proc/meminfo",
    "/proc/sys/vm/overcommit_memory",
)
_SINKS = ("/dev/null", "/dev/full")


def ruleset(
    folder: str, readable: tuple[str, ...], own: tuple[str, ...], names: tuple[str, ...]
) -> dict[str, object]:
    """Return what `supervisor.py` needs to fence a run whose own folder is `folder`.

    `own` are more folders, and `names` files of /etc, that show it what is its own.
    """
    rules = [(path, _RUN) for path in _SYSTEM_FOLDERS]
    rules += [("/etc/alternatives", _READ_DIR)]
    rules += [(path, _READ_FILE) for path in _SYSTEM_FILES]
    if not visible_cpus.some_hidden():  # whose lines the C library counts
        rules += [("/proc/stat", _READ_FILE)]
    rules += [(path, _READ_FILE | _WRITE_FILE) for path in _SINKS]
    rules += [(path, _RUN if Path(path).is_dir() else _RUN & ~_READ_DIR) for path in readable]
    rules += [(path, _READ_FILE) for path in names]
    rules += [(path, _OWN) for path in (folder, *own)]
    return {
        "abi": NEEDED_ABI,
        "attributes": struct.pack("=QQQ", _ALL_FILE_RIGHTS, _ALL_TCP_RIGHTS, _ALL_SCOPES),
        "rules": rules,
    }
