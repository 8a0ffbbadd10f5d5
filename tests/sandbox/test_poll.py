"""What waits for descriptors, at its end."""

from __future__ import annotations

import subprocess
import sys

import pytest

OUTLIVES_ITS_MODULES = """
import builtins
import gevent.monkey
from collabpad.sandbox.poll import WakeupPipe

builtins.wakeup = WakeupPipe()
"""


@pytest.mark.slow
def test_a_wakeup_pipe_that_outlives_its_modules_is_silent() -> None:
    ended = subprocess.run(
        [sys.executable, "-c", OUTLIVES_ITS_MODULES], capture_output=True, text=True, check=False
    )
    assert (ended.returncode, ended.stderr) == (0, "")
