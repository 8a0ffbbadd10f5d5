"""What gevent's monkey-patching has replaced, where its replacement is not what a run needs."""

from __future__ import annotations

import importlib
import sys
from typing import Any


def unpatched(module: str, name: str) -> Any:
    """Return something of the standard library as it was before any monkey-patching."""
    if "gevent.monkey" in sys.modules:
        from gevent import monkey

        return monkey.get_original(module, name)
    return getattr(importlib.import_module(module), name)


def close(fd: int) -> None:
    """Close a descriptor at once; gevent's `os.close` waits for the next turn of its loop."""
    unpatched("os", "close")(fd)
