"""How tests and screenshots start the browser."""

from __future__ import annotations

import os
import shutil
from typing import Any

# The shell first: a whole browser draws windows of its own even where nobody looks.
NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
FAR = "pad.test"
"""A name of this machine that browsers do not take for it: a page there is no secure context."""

QUIET = (
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    f"--host-resolver-rules=MAP {FAR} 127.0.0.1",
)


def launch_options() -> dict[str, Any] | None:
    """What Playwright's `launch` takes for the installed Chromium; None where there is none."""
    path = next((found for name in NAMES if (found := shutil.which(name))), None)
    if path is None:
        return None
    # Chromium's own sandbox refuses to start as root.
    as_root = ("--no-sandbox",) if hasattr(os, "geteuid") and os.geteuid() == 0 else ()
    return {"executable_path": path, "args": [*QUIET, *as_root]}
