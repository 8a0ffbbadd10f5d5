"""What every run finds in its environment and in /etc, whichever backend it runs in."""

from __future__ import annotations

import os

from . import visible_cpus
from .spec import WORK_FOLDER, RunSpec

USER = "pad"
SYSTEM_FILES = ("/etc/protocols", "/etc/services", "/etc/mime.types", "/etc/timezone")
_ALWAYS = {
    "PATH": "/usr/local/bin:/usr/bin:/bin",
    "LANG": "C.UTF-8",
    "TERM": "xterm",  # the page draws its colours, and what clears or rewrites a line
    "USER": USER,
    "LOGNAME": USER,
    "PYTHONUNBUFFERED": "1",
    "PYTHONDONTWRITEBYTECODE": "1",
    "MALLOC_ARENA_MAX": "2",  # else a dozen threads use up the address space
}


def variables(spec: RunSpec, home: str = WORK_FOLDER) -> dict[str, str]:
    """The environment of a run whose folder is `home`; local time is the server's."""
    zone = {"TZ": os.environ["TZ"]} if "TZ" in os.environ else {}
    return {**_ALWAYS, **visible_cpus.environment(), **zone, "HOME": home, **spec.environment}


def etc(user: int, group: int, home: str = WORK_FOLDER) -> dict[str, bytes]:
    """The files of /etc that make a name of a number, by path."""
    files = {
        "passwd": f"root:x:0:0::/:/bin/sh\n{USER}:x:{user}:{group}::{home}:/bin/sh\n",
        "group": f"root:x:0:\n{USER}:x:{group}:\n",
        "hosts": f"127.0.0.1 localhost {USER}\n::1 localhost\n",
        # The C library would ask a name server first.
        "nsswitch.conf": "passwd: files\ngroup: files\nhosts: files\n",
    }
    return {f"/etc/{name}": text.encode() for name, text in files.items()}
