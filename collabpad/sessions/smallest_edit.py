"""The smallest edit that turns one text into another."""

from __future__ import annotations


def smallest_edit(old: str, new: str) -> tuple[int, int, int]:
    """Where `old` and `new` differ: `old[start:old_end]` becomes `new[start:new_end]` (code
    points)."""
    start = _common_prefix(old, new)
    most = min(len(old), len(new)) - start
    tail = _common_prefix(old[::-1][:most], new[::-1][:most]) if most else 0
    return start, len(old) - tail, len(new) - tail


def _common_prefix(one: str, other: str) -> int:
    """The length of the common start, by bisection: comparing slices is far faster than comparing
    characters."""
    low, high = 0, min(len(one), len(other))
    while low < high:
        middle = (low + high + 1) // 2
        if one[low:middle] == other[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low
