"""The shell script that sets the limits inside a sandbox, compiles, runs and says how it went.

Inside, because the number of processes is counted per user namespace: set outside, the limit would
count those of the host. The shell stays as the program's parent, so that an exit code of 137 and
death by SIGKILL can be told apart: only for the second does it name the signal on its stderr, which
is the phase pipe.
"""

from __future__ import annotations

import math
import os
import shlex

from .process_spec import PHASE_FD, PHASE_RUNNING, PHASE_STARTED, PHASE_STATUS
from .spec import RunSpec

_FILE_SIZE_UNIT = 512  # bytes, POSIX sh's ulimit -f
_SPARE_FD = PHASE_FD + 1


def script(spec: RunSpec) -> str:
    """Return what `/bin/sh -c` is to run."""
    caps = spec.caps
    lines = [
        "ulimit -c 0",
        f"ulimit -f {caps.file_size // _FILE_SIZE_UNIT}",
        # -p is what dash and busybox call it
        f"ulimit -u {caps.processes} 2>/dev/null || ulimit -p {caps.processes}",
        f"exec {_SPARE_FD}>&2 2>&{PHASE_FD}",
        f"echo {PHASE_STARTED} >&{PHASE_FD}",
    ]
    if spec.compile is not None:
        lines += [
            _step(spec.compile, f"{_cpu_time(spec.compile_timeout)}; ", "</dev/null"),
            f'[ $s = 0 ] || {{ echo "{PHASE_STATUS} $s" >&{PHASE_FD}; exit $s; }}',
            f"echo {PHASE_RUNNING} >&{PHASE_FD}",
        ]
    if caps.address_space is not None:
        lines.append(f"ulimit -v {caps.address_space // 1024}")
    lines += [
        f"ulimit -n {caps.files_open}",
        _cpu_time(spec.timeout),
        _step(spec.command),
        f'echo "{PHASE_STATUS} $s" >&{PHASE_FD}',
        "exit $s",
    ]
    return "\n".join(lines)


def cpu_seconds(timeout: float) -> int:
    """The processor time that a run may use: every core all the time, and a little more.

    A backstop for the day when the server itself is stuck; the wall clock strikes first.
    """
    return (math.ceil(timeout) + 1) * (os.cpu_count() or 1)


def _cpu_time(timeout: float) -> str:
    seconds = cpu_seconds(timeout)
    return f"ulimit -S -t {seconds}; ulimit -H -t {seconds + 1}"


def _step(command: tuple[str, ...], before: str = "", after: str = "") -> str:
    """One command in a subshell of its own; `$s` is its status."""
    streams = f"2>&{_SPARE_FD} {PHASE_FD}>&- {_SPARE_FD}>&- {after}".rstrip()
    return f"( {before}exec {shlex.join(command)} {streams} )\ns=$?"
