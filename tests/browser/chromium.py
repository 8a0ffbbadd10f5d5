"""How the browser of the tests and the pictures is started."""

from __future__ import annotations

import os
import shutil
from typing import Any

NAMES = ("chromium", "chromium-browser", "google-chrome")
QUIET = (
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)


def launch_options() -> dict[str, Any] | None:
    """What Playwright's `launch` takes for the installed Chromium; None where there is none."""
    path = next((found for name in NAMES if (found := shutil.which(name))), None)
    if path is None:
        return None
    # Chromium's own sandbox refuses to start as root.
    as_root = ("--no-sandbox",) if hasattr(os, "geteuid") and os.geteuid() == 0 else ()
    return {"executable_path": path, "args": [*QUIET, *as_root]}
