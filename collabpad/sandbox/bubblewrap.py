"""bubblewrap: the arguments that give a run a machine of its own. Pure but for `Bubblewrap.run`.

No network but its own loopback, none of the host's processes, none of its files but the system's
programs and libraries, no way to more rights. What each argument is for was measured against the
attacks in tests/sandbox; see bwrap(1).
"""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from ..units import MIB
from . import environment, seccomp, visible_cpus, wrapper_script
from .execution import ProcessExecution
from .interpreter import Interpreter, unreachable
from .process import nobody
from .process_spec import FIRST_CONTENT_FD, MAX_OOM_SCORE, STATUS_FD, ProcessSpec
from .spec import WORK_FOLDER, Execution, Name, RunSpec, Tools

_INSIDE_ID = 65534
_SHARED_MEMORY = 16 * MIB
_STAGE = "/mnt"  # exists on every system by the Filesystem Hierarchy Standard
_SYSTEM_LINKS = ("bin", "sbin", "lib", "lib32", "lib64", "libx32")
_LINKER_FILES = ("/etc/ld.so.cache", "/etc/alternatives")
_LOCAL_TIME = Path("/etc/localtime")
_NEEDED = ("--size", "--json-status-fd", "--perms", "--chmod")
# Where the machine runs out of memory, the kernel is to kill the run before anything else.
_SCORE = f"{{ echo {MAX_OOM_SCORE} >/proc/self/oom_score_adj; }} 2>/dev/null"
_RAISE_OOM_SCORE = ("/bin/sh", "-c", f'{_SCORE}; exec "$@"', "sh")


@dataclass(frozen=True)
class Bubblewrap:
    """The backend; `program` is bwrap itself, `disables_userns` whether it knows how to."""

    program: str
    disables_userns: bool
    python: Interpreter
    reason: str = ""

    name: Name = "bubblewrap"
    isolated: bool = True
    tools: Tools = "host"
    image_programs: frozenset[str] = frozenset()

    def run(self, spec: RunSpec) -> Execution:
        return ProcessExecution(self.process_spec(spec, nobody()), spec)

    def process_spec(self, spec: RunSpec, run_as: tuple[int, int] | None) -> ProcessSpec:
        """Say how to start it; `run_as` is the user and group to become first, if any."""
        staged = unreachable(spec.readable) if run_as else []
        arguments, contents = self._arguments(spec, staged)
        # Through a descriptor, for the command line can be read inside, in /proc/1/cmdline.
        argv = [self.program, "--args", str(FIRST_CONTENT_FD)]
        argv += ["--", "/bin/sh", "-c", wrapper_script.script(spec)]
        if run_as:
            argv = [*_staging(staged), *_drop_privileges(*run_as), *argv]
        argv = [*_RAISE_OOM_SCORE, *argv]
        packed = b"".join(os.fsencode(argument) + b"\0" for argument in arguments)
        return ProcessSpec(argv=tuple(argv), contents=(packed, *contents), reports_init=True)

    def _arguments(self, spec: RunSpec, staged: list[str]) -> tuple[list[str], list[bytes]]:
        contents: list[bytes] = []

        def content(data: bytes) -> str:
            contents.append(data)
            return str(FIRST_CONTENT_FD + len(contents))

        arguments = ["--unshare-all", "--unshare-user", "--die-with-parent", "--new-session"]
        if self.disables_userns:
            arguments.append("--disable-userns")
        arguments += ["--uid", str(_INSIDE_ID), "--gid", str(_INSIDE_ID)]
        arguments += ["--hostname", environment.USER]
        arguments += ["--cap-drop", "ALL", "--clearenv"]
        for name, value in environment.variables(spec).items():
            arguments += ["--setenv", name, value]
        arguments += _system()
        for path, data in environment.etc(_INSIDE_ID, _INSIDE_ID).items():
            arguments += ["--perms", "0644", "--file", content(data), path]
        # The host's kernel settings would be writable if the server runs as root.
        arguments += ["--proc", "/proc", "--ro-bind", "/proc/sys", "/proc/sys"]
        if visible_cpus.some_hidden():
            arguments += ["--ro-bind-data", content(visible_cpus.proc_stat()), "/proc/stat"]
        arguments += ["--remount-ro", "/proc", "--dev", "/dev"]  # no say in whom the kernel kills
        arguments += _memory_folder("/dev/shm", _SHARED_MEMORY)  # noqa: S108 - inside
        arguments += ["--remount-ro", "/dev"]
        arguments += _memory_folder("/tmp", spec.caps.disk)  # noqa: S108 - inside
        # After /tmp, under which an interpreter may live.
        for path in spec.readable:
            source = f"{_STAGE}/{staged.index(path)}" if path in staged else path
            arguments += ["--ro-bind", source, path]
        arguments += _memory_folder(WORK_FOLDER, spec.caps.disk, "0700")
        arguments += ["--chdir", WORK_FOLDER]
        for name, data in spec.files.items():
            arguments += ["--perms", "0644", "--file", content(data), f"{WORK_FOLDER}/{name}"]
        arguments += ["--remount-ro", "/"]
        arguments += ["--seccomp", content(seccomp.program(namespaced=True))]
        arguments += ["--json-status-fd", str(STATUS_FD)]
        return arguments, contents


def find(python: Interpreter) -> Bubblewrap | str:
    """Return the backend, not yet tried, or the plain reason why there is none."""
    program = shutil.which("bwrap")
    if program is None:
        return "bubblewrap is not installed (its package is called bubblewrap)"
    if not seccomp.supported():
        return "there is no system call filter for this machine's processor"
    if nobody() and not (shutil.which("setpriv") and shutil.which("unshare")):
        return "a server started by root needs setpriv and unshare, of the package util-linux"
    known = subprocess.run([program, "--help"], capture_output=True, text=True, timeout=5).stdout
    if not all(option in known for option in _NEEDED):
        return "this bubblewrap is older than 0.7"
    return Bubblewrap(program, "--disable-userns" in known, python)


def explain(failure: str) -> str:
    """Return the plain reason for what bubblewrap said when it failed."""
    if "uid map" in failure or "user namespace" in failure or "Operation not permitted" in failure:
        return (
            "this system refuses user namespaces to bubblewrap (on Ubuntu an AppArmor profile for "
            "/usr/bin/bwrap allows them; in a container, its seccomp profile)"
        )
    return f"bubblewrap failed ({failure.strip() or 'without a word'})"


def _system() -> list[str]:
    """The system's programs and libraries, read-only, whichever way they are laid out."""
    arguments = ["--ro-bind", "/usr", "/usr", "--perms", "0755", "--dir", "/etc"]
    for name in _SYSTEM_LINKS:
        folder = Path("/", name)
        if folder.is_symlink():
            arguments += ["--symlink", str(folder.readlink()), str(folder)]
        elif folder.is_dir():
            arguments += ["--ro-bind", str(folder), str(folder)]
    for path in (*_LINKER_FILES, *environment.SYSTEM_FILES):
        arguments += ["--ro-bind-try", path, path]
    return arguments + _local_time()


def _local_time() -> list[str]:
    """The link to a time zone, which names it too, or else the zone itself."""
    if _LOCAL_TIME.is_symlink():
        zone = os.path.realpath(_LOCAL_TIME)
        if zone.startswith("/usr/"):
            return ["--symlink", zone, str(_LOCAL_TIME)]
    return ["--ro-bind-try", str(_LOCAL_TIME), str(_LOCAL_TIME)]


def _memory_folder(path: str, size: int, permissions: str = "1777") -> list[str]:
    return ["--size", str(size), "--perms", permissions, "--tmpfs", path]


def _staging(paths: list[str]) -> list[str]:
    """Show `paths` at /mnt/0, /mnt/1 …, in a mount namespace that is seen by the run alone."""
    if not paths:
        return []
    steps = [f"mount -n -t tmpfs -o mode=755,size=64k stage {_STAGE}"]
    for index, path in enumerate(paths):
        place = f"{_STAGE}/{index}"
        make = f"mkdir {place}" if Path(path).is_dir() else f": >{place}"
        steps.append(f"{make} && mount -n --rbind {shlex.quote(path)} {place}")
    steps.append('exec "$@"')
    unshare = shutil.which("unshare") or "/usr/bin/unshare"
    return [unshare, "--mount", "--", "/bin/sh", "-c", " && ".join(steps), "sh"]


def _drop_privileges(user: int, group: int) -> list[str]:
    setpriv = shutil.which("setpriv") or "/usr/bin/setpriv"
    return [setpriv, f"--reuid={user}", f"--regid={group}", "--clear-groups", "--"]
