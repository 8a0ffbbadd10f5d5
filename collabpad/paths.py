"""Folders that may not exist: the working folder and the user's home."""

from __future__ import annotations

from pathlib import Path


def here() -> Path:
    """The current folder; one that was removed leaves relative paths as they are."""
    try:
        return Path.cwd()
    except OSError:
        return Path()


def home_folder() -> Path | None:
    """The user's home folder; None for a user without one, as in containers."""
    try:
        return Path.home()
    except RuntimeError:
        return None
