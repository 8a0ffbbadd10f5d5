"""Programs of tests that run in a process of their own until they are ended."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path


def start_program(code: str, folder: Path, *, says: str) -> subprocess.Popen[str]:
    """Start Python code with `folder` as its argument, and wait for its first line."""
    process = subprocess.Popen(
        [sys.executable, "-c", code, str(folder)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == f"{says}\n"
    return process
