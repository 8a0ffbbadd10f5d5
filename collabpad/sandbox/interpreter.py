"""The Python that runs get: where it is and what it needs to read."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from ..errors import StartError
from ..paths import home_folder
from ..settings import Settings
from .process import nobody

_ASK = """
import json, os, sys
print(json.dumps([sys.base_prefix, os.path.dirname(os.__file__), sys.version_info[:2]]))
"""
_ALWAYS_THERE = ("/usr", "/bin", "/sbin", "/lib", "/lib64")
_SYSTEM_PYTHONS = ("/usr/bin/python3", "/usr/local/bin/python3")
_NEVER_WHOLE = ("/", "/etc", "/home", "/media", "/mnt", "/opt", "/root", "/srv", "/tmp", "/var")  # noqa: S108 - never bound


@dataclass(frozen=True)
class Interpreter:
    """`readable` are the folders it needs beside the system's own."""

    executable: str
    readable: tuple[str, ...]
    environment: Mapping[str, str] = field(default_factory=dict)


def find(settings: Settings) -> Interpreter:
    """Return the interpreter for runs: that of the settings, or the one under this process.

    Raises StartError if what was chosen is no Python, or lies where private files do.
    """
    python, packages = settings.run_python, settings.run_packages
    if python is not None:
        prefix, stdlib, version = _ask(python)
        paths = [prefix, stdlib, str(python)]
        environment = {}
        if packages is not None:
            site = packages / "lib" / f"python{version[0]}.{version[1]}" / "site-packages"
            if not site.is_dir():
                raise StartError(f"--run-packages: {packages} has nothing for the Python {python}.")
            paths.append(str(packages))
            environment = {"PYTHONPATH": str(site)}
        return Interpreter(str(python), needed_folders(paths, settings), environment)
    if packages is not None:
        python = packages / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
        prefix, stdlib, _ = _ask(python)
        return Interpreter(str(python), needed_folders([prefix, stdlib, str(packages)], settings))
    executable = os.path.realpath(getattr(sys, "_base_executable", None) or sys.executable)
    stdlib = str(Path(os.__file__).parent)
    return Interpreter(executable, needed_folders([sys.base_prefix, stdlib, executable], settings))


def needed_folders(paths: Iterable[str], settings: Settings) -> tuple[str, ...]:
    """Return which of `paths` runs have to be shown, under every name that leads there.

    Raises StartError for a path with people's files in it: `/`, a home, the server's data.
    """
    wanted: list[str] = []
    for path in paths:
        for name in dict.fromkeys((os.path.abspath(path), os.path.realpath(path))):  # noqa: PTH100
            if not _inside(name, (*_ALWAYS_THERE, *wanted)):
                _refuse_private(Path(name), settings)
                wanted.append(name)
    return tuple(wanted)


def _refuse_private(path: Path, settings: Settings) -> None:
    home = home_folder()
    private = [*map(Path, _NEVER_WHOLE)]
    if home is not None:
        private += [home, home / ".local", home / ".local" / "share"]
    if path in private or (home is not None and home.is_relative_to(path)):
        raise StartError(f"Programs would see all of {path}: choose another --run-python.")
    data = settings.data_dir
    if data is not None and Path(os.path.realpath(data)).is_relative_to(path):
        raise StartError(f"Programs would see the data in {data}: choose another --data-dir.")


def _inside(path: str, folders: Iterable[str]) -> bool:
    return any(Path(path).is_relative_to(folder) for folder in folders)


def _ask(python: Path) -> tuple[str, str, list[int]]:
    """Ask a Python for its base prefix, its standard library and its version."""
    try:
        answer = subprocess.run(
            [str(python), "-I", "-c", _ASK], capture_output=True, check=True, timeout=10
        ).stdout
        prefix, stdlib, version = json.loads(answer)
    except (OSError, subprocess.SubprocessError, ValueError):
        raise StartError(f"{python} is not a working Python.") from None
    return prefix, stdlib, version


def for_nobody(python: Interpreter, settings: Settings) -> Interpreter:
    """Return an interpreter that programs can reach when they run as nobody and see real paths.

    Root's own Python may lie in its home, which nobody else enters; then the system's is taken.
    """
    if settings.run_python or settings.run_packages:
        return python
    if not hidden_from_runs((python.executable, *python.readable)):
        return python
    for path in _SYSTEM_PYTHONS:
        if os.access(path, os.X_OK):
            return Interpreter(os.path.realpath(path), ())
    return python


def hidden_from_runs(paths: Iterable[str]) -> bool:
    """Whether programs, where they see real paths, cannot get at one of `paths`."""
    return nobody() is not None and bool(unreachable(paths))


def unreachable(paths: Iterable[str]) -> list[str]:
    """The paths below a folder that others may not enter, such as root's home."""
    return [path for path in paths if not all(map(_may_be_entered, Path(path).resolve().parents))]


def _may_be_entered(folder: Path) -> bool:
    try:
        return bool(folder.stat().st_mode & 0o001)
    except FileNotFoundError:
        return True
