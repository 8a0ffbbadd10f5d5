"""How many of a machine's processors a run sees.

Libraries start a thread or a process for each: on a machine of dozens these alone would use up
what a run may have. So a run is shown a few. It is a courtesy, no limit: a program may ask for
more.
"""

from __future__ import annotations

import os
import random
from collections.abc import Iterator
from contextlib import contextmanager

MAX_CPUS = 4


def count() -> int:
    """The number of processors that a run sees."""
    return min(MAX_CPUS, len(_available()))


def some_hidden() -> bool:
    """Whether this machine has more."""
    return max(os.cpu_count() or 1, len(_available())) > MAX_CPUS


def environment() -> dict[str, str]:
    """Variables for libraries that do not ask which CPUs they may use."""
    told = str(count())
    names = ("OMP", "OPENBLAS", "MKL", "BLIS", "NUMEXPR", "VECLIB_MAXIMUM", "RAYON")
    return {f"{name}_NUM_THREADS".replace("MAXIMUM_NUM", "MAXIMUM"): told for name in names} | {
        "PYTHON_CPU_COUNT": told
    }


@contextmanager
def limited() -> Iterator[None]:
    """What this thread starts meanwhile is shown its share, another one each time."""
    processors = _available()
    if len(processors) <= MAX_CPUS or not hasattr(os, "sched_setaffinity"):
        yield
        return
    os.sched_setaffinity(0, random.sample(processors, MAX_CPUS))
    try:
        yield
    finally:
        os.sched_setaffinity(0, processors)


def proc_stat() -> bytes:
    """/proc/stat of a machine with so few processors; the C library counts its lines."""
    with open("/proc/stat", "rb") as file:  # noqa: PTH123 - a part of every run's start
        lines = file.readlines()
    kept = {b"cpu%d" % number for number in range(count())}
    return b"".join(
        line
        for line in lines
        if not line[3:4].isdigit() or not line.startswith(b"cpu") or line.split()[0] in kept
    )


def _available() -> list[int]:
    if hasattr(os, "sched_getaffinity"):
        return sorted(os.sched_getaffinity(0))
    return list(range(os.cpu_count() or 1))
