"""The two backends without namespaces, whose runs have `supervisor.py` above them."""

from __future__ import annotations

import marshal
import os
import secrets
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from . import landlock, private_folders, seccomp
from .environment import etc, variables
from .execution import ProcessExecution
from .interpreter import Interpreter, hidden_from_runs
from .process import nobody
from .process_spec import ProcessSpec
from .spec import Execution, Name, RunSpec, Tools
from .windows import WindowsExecution
from .wrapper_script import cpu_seconds

# Imported, so that its bytecode is kept; its folder comes last, so that no name of ours hides one.
_SUPERVISE = "import sys; sys.path.append(sys.argv[1]); import supervisor; supervisor.main()"
_PLACES = ("/tmp", "/var/tmp", "/dev/shm")  # noqa: S108 - the names in them are random
FOLDER_PREFIX = "collabpad-run-"


@dataclass(frozen=True)
class Limits:
    """Resource limits and a private folder, and no isolation: the program is the server's user."""

    python: Interpreter
    reason: str = ""

    name: Name = "limits"
    isolated: bool = False
    tools: Tools = "host"
    image_programs: frozenset[str] = frozenset()

    def run(self, spec: RunSpec) -> Execution:
        restrictions = {"view": None, "landlock": None, "seccomp": seccomp.unisolated()}
        return _execution(_process_spec(spec, restrictions), spec)


@dataclass(frozen=True)
class Landlock:
    """The kernel keeps the program from files, signals and sockets, with no namespace needed."""

    python: Interpreter
    reason: str = ""
    private: bool = True  # its runs have a /tmp of their own: see private_folders.py

    name: Name = "landlock"
    isolated: bool = True
    tools: Tools = "host"
    image_programs: frozenset[str] = frozenset()

    def run(self, spec: RunSpec) -> Execution:
        folder = _new_folder()
        names = etc(*(nobody() or (os.getuid(), os.getgid())), folder) if self.private else {}
        own = (private_folders.TMP, private_folders.SHARED_MEMORY) if self.private else ()
        restrictions = {
            "view": {"etc": names, "readable": spec.readable} if self.private else None,
            "landlock": landlock.ruleset(folder, spec.readable, own, tuple(names)),
            "seccomp": seccomp.program(namespaced=False, read_only=self.private),
        }
        return _execution(_process_spec(spec, restrictions, folder), spec)


def _execution(process_spec: ProcessSpec, spec: RunSpec) -> Execution:
    if sys.platform == "win32":
        return WindowsExecution(spec)
    return ProcessExecution(process_spec, spec)


def _new_folder() -> str:
    """A place where compiled programs can be started, if there is one."""
    places = [place for place in (tempfile.gettempdir(), *_PLACES) if _can_hold_runs(place)]
    place = next((place for place in places if not _forbids_execution(place)), None)
    name = FOLDER_PREFIX + secrets.token_hex(8)
    return str(Path(place or next(iter(places), tempfile.gettempdir()), name))


def _can_hold_runs(place: str) -> bool:
    usable = os.access(place, os.W_OK | os.X_OK)
    return usable and not hidden_from_runs((f"{place}/run",))  # root may have a private one


def _forbids_execution(place: str) -> bool:
    return sys.platform != "win32" and bool(os.statvfs(place).f_flag & os.ST_NOEXEC)


def _process_spec(
    spec: RunSpec, restrictions: Mapping[str, object], folder: str | None = None
) -> ProcessSpec:
    folder = folder or _new_folder()
    caps = spec.caps
    steps = [_step(spec.command, spec.timeout, caps.address_space)]
    if spec.compile is not None:
        steps.insert(0, _step(spec.compile, spec.compile_timeout, None) | {"no_input": True})
    config = {
        "folder": folder,
        "files": dict(spec.files),
        "steps": steps,
        "environment": {"TMPDIR": f"{folder}/tmp", **variables(spec, folder)},  # noqa: S108 - inside
        "run_as": nobody(),
        "disk": caps.disk,
        "file_size": caps.file_size,
        "files_open": caps.files_open,
        "processes": caps.processes,
        **restrictions,
    }
    argv = (sys.executable, "-I", "-S", "-c", _SUPERVISE, str(Path(__file__).parent))
    return ProcessSpec(argv=argv, contents=(marshal.dumps(config),), folder=folder)


def _step(command: tuple[str, ...], timeout: float, address_space: int | None) -> dict[str, object]:
    return {
        "command": command,
        "cpu": cpu_seconds(timeout),
        "address_space": address_space,
        "no_input": False,
    }
