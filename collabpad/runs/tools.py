"""Where interpreters and compilers are on this machine, and what they need to read."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from ..errors import StartError
from ..paths import home_folder
from ..sandbox import Sandbox, hidden_from_runs, needed_folders
from ..settings import Settings

_VERSION_SECONDS = 5.0
_PHP_SETTINGS = Path("/etc/php")


@dataclass(frozen=True)
class Tool:
    """A program and the folders that it needs beside the system's own."""

    path: str
    readable: tuple[str, ...] = ()


def find_tool(names: Iterable[str], settings: Settings, sandbox: Sandbox) -> Tool | None:
    """Return the first of `names` that programs can use, where the sandbox gets its tools from."""
    for name in names:
        if sandbox.tools == "image":
            if name in sandbox.image_programs:
                return Tool(name)
            continue
        found = _which(name)
        if found is not None:
            path = os.path.realpath(found)
            try:
                tool = Tool(path, needed_folders(_homes(Path(path)), settings))
            except StartError:  # beside private files
                continue
            if sandbox.name == "bubblewrap" or not hidden_from_runs((path, *tool.readable)):
                return tool
    return None


def version(tool: Tool) -> tuple[int, int]:
    """Return what a tool on this machine says of its version; (0, 0) if nothing."""
    try:
        said = subprocess.run(
            [tool.path, "--version"], capture_output=True, text=True, timeout=_VERSION_SECONDS
        ).stdout
    except (OSError, subprocess.SubprocessError, UnicodeDecodeError):
        return 0, 0
    numbers = re.search(r"(\d+)\.(\d+)", said)
    return (int(numbers[1]), int(numbers[2])) if numbers else (0, 0)


def _which(name: str) -> str | None:
    """Find a program, but not what stands for it and asks a version manager at each start."""
    for folder in os.get_exec_path():
        found = shutil.which(name, path=folder)
        if found is None or Path(folder).name == "shims":
            continue
        if Path(os.path.realpath(found)).name == "rustup":
            found = _of_rustup(name)
        if found is not None:
            return found
    return None


def _of_rustup(name: str) -> str | None:
    """The program of rustup's default toolchain."""
    named, own = os.environ.get("RUSTUP_HOME"), home_folder()
    home = Path(named) if named else (own or Path("/")) / ".rustup"
    try:
        chosen = tomllib.loads(home.joinpath("settings.toml").read_text())["default_toolchain"]
    except (OSError, ValueError, KeyError):
        return None
    program = home / "toolchains" / str(chosen) / "bin" / name
    return str(program) if program.is_file() else None


def _homes(path: Path) -> list[str]:
    """The folders of a tool: the one above its `bin`, and those of its settings.

    Debian's Java keeps its configuration in /etc and does not start without it; PHP finds there
    which extensions it has.
    """
    home = path.parent.parent if path.parent.name == "bin" else path
    homes = [str(home)]
    if path.name.startswith("php") and _PHP_SETTINGS.is_dir():
        homes.append(str(_PHP_SETTINGS))
    for settings in (home / "conf", home / "lib" / "security"):
        if settings.is_dir():
            targets = (Path(os.path.realpath(entry)) for entry in settings.iterdir())
            homes += {str(target.parent) for target in targets if target.is_relative_to("/etc")}
    return homes
