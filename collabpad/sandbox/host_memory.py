"""How much memory this machine has left, and how much is held by nobody's pages.

From /proc/meminfo, and from /proc/zoneinfo the free pages that each processor keeps for itself,
which the former counts as taken: up to hundreds of megabytes after a large program has ended.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping

_PAGE = os.sysconf("SC_PAGE_SIZE") if hasattr(os, "sysconf") else 4096
_PROCESSORS_OWN = re.compile(rb"^ +count: +(\d+)", re.MULTILINE)

_EASY = (b"MemFree", b"Active(file)", b"Inactive(file)", b"AnonPages", b"SReclaimable")

Table = Mapping[bytes, int]


def read_meminfo() -> Table:
    """Return what the kernel says of its memory, in bytes; nothing where it is silent."""
    try:
        with open("/proc/meminfo", "rb") as lines:  # noqa: PTH123 - fifty times a second
            pairs = (line.split(b":", 1) for line in lines)
            return {name: int(value.split()[0]) * 1024 for name, value in pairs}
    except (OSError, ValueError):
        return {}


def available(table: Table) -> float:
    return table.get(b"MemAvailable", 0)


def shared(table: Table) -> float:
    """Return what is shared, mapped or not: also files in memory."""
    return table.get(b"Shmem", 0) + _swapped(table)


def hidden(table: Table) -> float:
    """Return what the kernel keeps for itself and what processes share: sockets, pipes, inodes,
    page tables and shared memory, whether or not a process has it mapped."""
    try:
        with open("/proc/zoneinfo", "rb") as zones:  # noqa: PTH123
            free = sum(map(int, _PROCESSORS_OWN.findall(zones.read()))) * _PAGE
        return table[b"MemTotal"] - sum(table[name] for name in _EASY) - free + _swapped(table)
    except (OSError, KeyError):
        return 0


def _swapped(table: Table) -> float:
    """What is in the swap space, where shared memory may have gone."""
    return table.get(b"SwapTotal", 0) - table.get(b"SwapFree", 0)
