"""A clock that can be set, for a server in a process of its own: Python imports this at its start.

The file that CLOCK_OF_TEST names holds the seconds by which the time of day is wrong.
"""

from __future__ import annotations

import os
import time
from pathlib import Path

_real = time.time


def _wrong() -> float:
    return _real() + float(Path(os.environ["CLOCK_OF_TEST"]).read_text() or 0)


if "CLOCK_OF_TEST" in os.environ:
    time.time = _wrong
    time.time_ns = lambda: int(_wrong() * 1e9)
