"""How much memory the kernel may hold for a run that shows in none of its processes.

Socket buffers, locks, mappings, shared memory that is mapped nowhere: nothing tells whose they are.
So the numbers of bytes are upper bounds of what the kernel takes for one thing of a kind, found in
its sources and by the attacks in tests/sandbox.
"""

from __future__ import annotations

import math
import os
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import islice

from ..units import KIB, MIB
from . import process_tree
from .process_memory import is_gone, status

_TASK = 1 * MIB  # stacks, descriptors' tables, filters that it gave itself
_MAPPING = 400
_MOST_MAPPINGS_READ = 512 * KIB
_LOCK = 256
_MOST_LOCKS_READ = 5000
_SIGNAL = 700  # a timer needs one
_PIPE = 1 * MIB
_ALL_PIPES = 96 * MIB  # a user's share: pipe(7), pipe-user-pages-soft, and the small ones beyond
_TERMINAL = 1400 * KIB
_WATCH = 200  # of an epoll
_DESCRIPTORS = 64  # numbers under which one file can be in one epoll
_OTHER = 16 * KIB
_IN_FLIGHT = 128  # descriptors on their way between processes, more than unix(7) lets one user have
_QUEUE = 13  # datagrams that wait at one socket: net.unix.max_dgram_qlen, and the rounding of it
_UNIX_DATAGRAM = b"0002"
_SOCKET = 256 * KIB
_UNSEEN_SOCKET = 16 * MIB
_SEGMENT = 1300  # kernel memory for one byte that waits in a TCP queue


@dataclass(frozen=True)
class Unaccounted:
    """What the machine has lost to no process, in bytes; `shared` is the part in shared memory."""

    total: float
    shared: float

    def since(self, before: Unaccounted) -> Unaccounted:
        return Unaccounted(self.total - before.total, self.shared - before.shared)

    def less(self, files: float) -> Unaccounted:
        return Unaccounted(self.total - files, self.shared - files)


def attributable(root: int, pids: list[int], lost: Unaccounted, *, namespaced: bool) -> float:
    """Return how much of `lost` the kernel may hold for these processes, seen in none."""
    return _up_to(lost, _upper_bounds(root, pids, max(lost.shared, 0), namespaced))


def attributable_to_network(root: int, lost: Unaccounted) -> float:
    """The same, of what waits in the sockets of the run's own network alone."""
    return _up_to(lost, _of_network(root))


def _up_to(lost: Unaccounted, amounts: Iterator[float]) -> float:
    total = 0.0
    for amount in amounts:
        total += amount
        if total >= lost.total:
            return max(lost.total, 0)
    return total


def _upper_bounds(root: int, pids: list[int], shared: float, namespaced: bool) -> Iterator[float]:
    """What they could hold at most, by kinds; what costs the least to look at comes first.

    `shared` is all that one of them could keep alive by a page of it.
    """
    yield _queued_signals(root) * _SIGNAL
    if namespaced:
        yield from _of_network(root)
    yield _locks(pids) * _LOCK
    kinds: Counter[str] = Counter()
    counted = 0.0
    for pid in reversed(pids):  # a parent that forks cannot be looked into meanwhile
        yield _tasks(pid) * _TASK
        mappings, shares = _mappings(pid)
        yield mappings * _MAPPING
        if shares:
            yield shared
            shared = 0
        kinds += _descriptors(pid)
        before, counted = counted, _of_descriptors(kinds)
        yield counted - before


def _of_descriptors(kinds: Counter[str]) -> float:
    if kinds["unseen"]:
        return math.inf
    files, epolls, terminals = kinds.total(), kinds["epoll"], kinds["terminal"]
    sockets = kinds["socket"]
    if kinds["carrier"]:  # what others are on their way is anybody's guess
        files, sockets = files + _IN_FLIGHT, sockets + _IN_FLIGHT
        epolls, terminals = epolls + _IN_FLIGHT, terminals + _IN_FLIGHT
    return (
        files * _OTHER
        + sockets * 2 * _send_buffer()
        + epolls * files * _DESCRIPTORS * _WATCH
        + terminals * _TERMINAL
        + min(kinds["pipe"] * _PIPE, _ALL_PIPES)
    )


def _tasks(pid: int) -> int:
    return int(status(pid).get(b"Threads", b"1"))


def _queued_signals(pid: int) -> int:
    return int(status(pid).get(b"SigQ", b"0/0").partition(b"/")[0])


def _mappings(pid: int) -> tuple[float, bool]:
    """How many mappings a process has, and whether one is of shared memory without a name."""
    read = _beginning(f"/proc/{pid}/maps", _MOST_MAPPINGS_READ)
    if read is None:
        return math.inf, True
    return read.count(b"\n"), b"/dev/zero (deleted)\n" in read


def _locks(pids: list[int]) -> float:
    """The locks on files, of a table that is everybody's.

    Who has any where there are more than can be read may have all the rest.
    """
    holders = {b"-1", *(str(pid).encode() for pid in pids)}  # -1: an open file's own
    try:
        with open("/proc/locks", "rb") as lines:  # noqa: PTH123
            read = [line.split() for line in islice(lines, _MOST_LOCKS_READ)]
    except OSError:
        return math.inf
    held = sum(not holders.isdisjoint(fields[4:6]) for fields in read)
    return math.inf if held and len(read) == _MOST_LOCKS_READ else held


def _descriptors(pid: int) -> Counter[str]:
    """How many descriptors of which kind a process has."""
    kinds: Counter[str] = Counter()
    try:
        for number in os.listdir(f"/proc/{pid}/fd"):  # noqa: PTH208
            kind = _kind(f"/proc/{pid}/fd/{number}")
            kinds[kind] += 1
            if (
                kind == "socket"
                and not kinds["carrier"]
                and process_tree.carries_descriptors(pid, number)
            ):
                kinds["carrier"] += 1
    except (FileNotFoundError, ProcessLookupError):
        pass
    except OSError:
        kinds["unseen"] += 1
    return kinds


def _kind(link: str) -> str:
    try:
        target = os.readlink(link)  # noqa: PTH115
    except OSError:
        return "other"
    if target.startswith("socket:"):
        return "socket"
    if target.startswith("pipe:"):
        return "pipe"
    if "eventpoll" in target:
        return "epoll"
    return "terminal" if target.startswith(("/dev/pt", "/ptmx", "/dev/tty")) else "other"


def _of_network(root: int) -> Iterator[float]:
    """What waits in the sockets of a run's own network, also in those that no process holds.

    Line by line: the whole of it may take the kernel longer than the run takes to fill more.
    """
    for table in ("unix", "tcp", "tcp6", "udp", "udp6"):
        try:
            with open(f"/proc/{root}/net/{table}", "rb") as lines:  # noqa: PTH123
                for line in islice(lines, 1, None):
                    fields = line.split()
                    yield _of_unix(fields) if table == "unix" else _of_internet(table, fields[4])
        except (OSError, IndexError):
            yield 0 if is_gone(root) else math.inf


def _of_unix(fields: list[bytes]) -> int:
    if fields[6] == b"0":  # accepted by nobody yet, so nobody sees what it carries
        return _UNSEEN_SOCKET
    return _SOCKET + 2 * _send_buffer() * (_QUEUE if fields[4] == _UNIX_DATAGRAM else 1)


def _of_internet(table: str, queues: bytes) -> int:
    waiting = sum(int(queue, 16) for queue in queues.split(b":"))
    return _SOCKET + waiting * (_SEGMENT if table.startswith("tcp") else 1)


@cache
def _send_buffer() -> int:
    """What a local socket may have on its way: net.core.wmem_default."""
    try:
        with open("/proc/sys/net/core/wmem_default", "rb") as number:  # noqa: PTH123
            return int(number.read())
    except (OSError, ValueError):
        return 208 * KIB


def _beginning(path: str, limit: int) -> bytes | None:
    """Read a table of the kernel; None if it is longer than `limit`, or may not be seen."""
    try:
        with open(path, "rb") as file:  # noqa: PTH123
            read = file.read(limit + 1)
    except (FileNotFoundError, ProcessLookupError):
        return b""
    except OSError:
        return None
    return read if len(read) <= limit else None
