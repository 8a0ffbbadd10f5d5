"""Whether a program waits for its input: one of its threads sleeps in a call that input would end.

Linux says of each thread in which system call it sleeps, and with which arguments
(/proc/PID/task/TID/syscall, see proc_pid_syscall(5)). Elsewhere, and where the kernel does not let
us look, nothing is known, and a program never counts as waiting.
"""

from __future__ import annotations

import os
import platform
import struct
from collections.abc import Callable, Iterator

from . import process_tree

_TICKS = os.sysconf("SC_CLK_TCK") if hasattr(os, "sysconf") else 100
_FOREVER = 0xFFFFFFFF  # -1, as an int of the kernel
_MOST_POLLED = 1024  # descriptors in one call; a program that waits for more is no dialogue

Arguments = tuple[int, ...]
Fds = Iterator[int]


def waits_for(root: int, pipe: int) -> bool:
    """Whether a process below `root` waits for what comes through `pipe`, a descriptor of ours."""
    wanted = _file(f"/proc/self/fd/{pipe}")
    if wanted is None:
        return False
    return any(
        _file(f"/proc/{pid}/fd/{fd}") == wanted
        for pid in process_tree.members(root)
        for fd in {*_awaited(pid)}  # threads that wait for the same share it
    )


def is_at_work(root: int) -> bool:
    """Whether any thread below `root` runs, or would if there were a processor for it."""
    return any(call[0] == b"running" for pid in process_tree.members(root) for call in _calls(pid))


def processor_seconds(root: int) -> float:
    """The processor time that `root` and its descendants have used, children that ended included;
    it can fall when one of them ends unnoticed."""
    return sum(_processor_ticks(pid) for pid in process_tree.members(root)) / _TICKS


def _processor_ticks(pid: int) -> int:
    try:
        with open(f"/proc/{pid}/stat", "rb") as stat:  # noqa: PTH123 - often, as all of this
            fields = stat.read().rpartition(b")")[2].split()
        return sum(map(int, fields[11:15]))  # utime, stime and those of children waited for
    except (OSError, ValueError):
        return 0


def _file(path: str) -> tuple[int, int] | None:
    """What a descriptor stands for, in a form that can be compared."""
    try:
        found = os.stat(path)  # noqa: PTH116
    except OSError:
        return None
    return found.st_dev, found.st_ino


def _awaited(pid: int) -> Fds:
    """The descriptors for which a process's threads sleep without a limit of time."""
    for number, *arguments in _calls(pid):
        try:
            reader = _READERS.get(int(number))
            if reader is not None:
                yield from reader(pid, tuple(int(each, 16) for each in arguments))
        except (OSError, ValueError, struct.error):  # it runs or ends
            continue


def _calls(pid: int) -> Iterator[list[bytes]]:
    """What each thread of a process does: the number and arguments of a system call, or `running`;
    nothing of threads that end or may not be looked at."""
    try:
        threads = os.listdir(f"/proc/{pid}/task")  # noqa: PTH208
    except OSError:
        return
    for thread in threads:
        try:
            with open(f"/proc/{pid}/task/{thread}/syscall", "rb") as syscall:  # noqa: PTH123
                call = syscall.read().split()
        except OSError:
            continue
        if call:
            yield call


# --- one function for each kind of call: the descriptors that it waits for, none with a time limit


def _read(_pid: int, arguments: Arguments) -> Fds:
    yield arguments[0]


def _poll(pid: int, arguments: Arguments) -> Fds:
    if arguments[2] & _FOREVER == _FOREVER:
        yield from _polled(pid, arguments)


def _ppoll(pid: int, arguments: Arguments) -> Fds:
    if not arguments[2]:
        yield from _polled(pid, arguments)


def _polled(pid: int, arguments: Arguments) -> Fds:
    """From an array of struct pollfd: poll(2)."""
    count = min(arguments[1], _MOST_POLLED)
    for fd, _, _ in struct.iter_unpack("ihh", _memory(pid, arguments[0], count * 8)):
        yield fd


def _select(pid: int, arguments: Arguments) -> Fds:
    """From a bit array: select(2)."""
    count, readable, timeout = arguments[0], arguments[1], arguments[4]
    if timeout or not readable:
        return
    count = min(count, _MOST_POLLED)
    bits = int.from_bytes(_memory(pid, readable, (count + 7) // 8), "little")
    yield from (fd for fd in range(count) if bits >> fd & 1)


def _epoll_wait(pid: int, arguments: Arguments) -> Fds:
    if arguments[3] & _FOREVER == _FOREVER:
        yield from _in_epoll(pid, arguments[0])


def _epoll_pwait2(pid: int, arguments: Arguments) -> Fds:
    if not arguments[3]:
        yield from _in_epoll(pid, arguments[0])


def _in_epoll(pid: int, epoll: int) -> Fds:
    """From lines such as `tfd:        0 events:       19 data: ...`: proc_pid_fdinfo(5)."""
    with open(f"/proc/{pid}/fdinfo/{epoll}", "rb") as info:  # noqa: PTH123
        for line in info:
            if line.startswith(b"tfd:"):
                yield int(line.split()[1])


def _memory(pid: int, address: int, size: int) -> bytes:
    with open(f"/proc/{pid}/mem", "rb", buffering=0) as memory:  # noqa: PTH123
        return os.pread(memory.fileno(), size, address)


_CALLS: dict[str, dict[int, Callable[[int, Arguments], Fds]]] = {
    "x86_64": {
        0: _read,
        19: _read,  # readv
        7: _poll,
        271: _ppoll,
        23: _select,
        270: _select,  # pselect6
        232: _epoll_wait,
        281: _epoll_wait,  # epoll_pwait
        441: _epoll_pwait2,
    },
    "aarch64": {
        63: _read,
        65: _read,  # readv
        73: _ppoll,
        72: _select,  # pselect6
        22: _epoll_wait,  # epoll_pwait
        441: _epoll_pwait2,
    },
}
_READERS = _CALLS.get(platform.machine(), {})
