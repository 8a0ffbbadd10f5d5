"""Make `.venv` fit for `serve` or for `check`, and print the path of its interpreter.

    python scripts/prepare.py serve     what running the server needs
    python scripts/prepare.py check     that, the tools of development and the npm packages
    python scripts/prepare.py soak      that and what only the soaks need
    python scripts/prepare.py lock      write constraints.txt anew, with the newest that fit

Standard library only, for it runs before anything is installed. A stamp in `.venv` tells what it
was made from, so that a second time costs a few milliseconds. All that it says goes to stderr.
"""

from __future__ import annotations

import contextlib
import hashlib
import importlib.util
import os
import subprocess
import sys
import tempfile
import venv
from collections.abc import Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "frontend"))
sys.path.insert(0, str(Path(__file__).resolve().parent))

import bundle
import node
import programs

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
CONSTRAINTS = ROOT / "scripts" / "constraints.txt"

REQUIREMENTS = {
    "serve": str(ROOT),
    "check": f"{ROOT}[dev]",
    "soak": f"{ROOT}[dev,soak]",
    "lock": f"{ROOT}[dev,soak]",
}
PROFILES_THAT_SERVE = {
    "serve": ("serve", "check", "soak"),
    "check": ("check", "soak"),
    "soak": ("soak",),
}


class PrepareError(Exception):
    """The checkout cannot be made ready; the message says what to do."""


def interpreter(folder: Path) -> Path:
    """The Python of a virtual environment."""
    return folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def sources_digest() -> str:
    """SHA-256 over all that decides what an environment must hold."""
    files = [ROOT / "pyproject.toml", ROOT / "hatch_build.py", CONSTRAINTS]
    parts = [str(ROOT), bundle.fingerprint(ROOT)]
    parts += [hashlib.sha256(file.read_bytes()).hexdigest() for file in files]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def stamp_of(profile: str) -> Path:
    """The file that tells from which sources the environment was made fit for `profile`."""
    return VENV / f"ready-to-{profile}"


def is_ready(profile: str, digest: str) -> bool:
    """Whether nothing need be done for `profile`."""
    if not interpreter(VENV).exists() or not bundle.is_current(ROOT):
        return False
    stamps = [stamp_of(name) for name in PROFILES_THAT_SERVE[profile]]
    return any(stamp.is_file() and stamp.read_text("ascii") == digest for stamp in stamps)


@contextlib.contextmanager
def alone() -> Iterator[None]:
    """Keep out a second preparation of this checkout until this one has ended."""
    VENV.mkdir(exist_ok=True)
    with (VENV / "preparing.lock").open("w") as lock:
        if sys.platform == "win32":
            import msvcrt

            while True:
                with contextlib.suppress(OSError):  # raised after ten tries in ten seconds
                    msvcrt.locking(lock.fileno(), msvcrt.LK_LOCK, 1)
                    break
        else:
            import fcntl

            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def run(command: list[str], failure: str) -> None:
    """Run quietly; if it fails show what it printed, and raise PrepareError with `failure`."""
    done = subprocess.run(
        command,
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    if done.returncode != 0:
        say(done.stdout.decode(errors="replace").rstrip())
        raise PrepareError(failure)


def make_environment(folder: Path) -> None:
    """Create a virtual environment with pip unless a working one is there."""
    python = interpreter(folder)
    if python.exists():
        answer = subprocess.run([str(python), "-m", "pip", "--version"], capture_output=True)
        if answer.returncode == 0:
            return
    if importlib.util.find_spec("ensurepip") is None:
        version = f"{sys.version_info.major}.{sys.version_info.minor}"
        programs.install([f"python{version}-venv"])
        importlib.invalidate_caches()
        if importlib.util.find_spec("ensurepip") is None:
            raise PrepareError(
                "This Python cannot make virtual environments; install what its system calls "
                f"python{version}-venv (or python3-venv) and try again."
            )
    try:
        venv.EnvBuilder(with_pip=True, symlinks=os.name != "nt", upgrade_deps=False).create(folder)
    except (OSError, subprocess.CalledProcessError) as error:
        raise PrepareError(f"The virtual environment {folder} cannot be made: {error}") from None


def install(folder: Path, requirement: str, *options: str) -> None:
    """Install this checkout in place, and all that it needs, into the environment."""
    pip = [str(interpreter(folder)), "-m", "pip", "--disable-pip-version-check", "--no-input"]
    run(
        [*pip, "install", "--quiet", *options, "--editable", requirement],
        "pip could not install what collabpad needs; see its words above.",
    )


def prepare(profile: str) -> None:
    """Do what `is_ready` finds missing."""
    digest = sources_digest()
    if is_ready(profile, digest):
        return
    with alone():
        if is_ready(profile, digest):
            return
        say(f"Setting up {VENV} (this takes a minute or so, and only the first time)")
        make_environment(VENV)
        install(VENV, REQUIREMENTS[profile], "--constraint", str(CONSTRAINTS))
        if profile in PROFILES_THAT_SERVE["check"]:
            prepare_node()
        stamp_of(profile).write_text(digest, "ascii")


def prepare_node() -> None:
    """Install the npm packages into `frontend/node_modules`, and Node.js if there is none."""
    pip = [str(interpreter(VENV)), "-m", "pip", "--disable-pip-version-check", "install", "--quiet"]
    if node.node_on_path() is None:
        run([*pip, node.NODE_REQUIREMENT], "pip could not install Node.js.")
    run(
        [str(interpreter(VENV)), str(ROOT / "frontend" / "node.py"), str(ROOT / "frontend")],
        "The npm packages of the page could not be installed.",
    )


def lock() -> None:
    """Write constraints.txt: what a new environment with everything gets today."""
    with tempfile.TemporaryDirectory() as folder:
        make_environment(Path(folder))
        install(Path(folder), REQUIREMENTS["lock"])
        freeze = [str(interpreter(Path(folder))), "-m", "pip", "freeze", "--exclude-editable"]
        names = subprocess.run(freeze, check=True, capture_output=True, text=True).stdout
    heading = "# The exact versions of a checkout's environment: `python scripts/prepare.py lock`\n"
    CONSTRAINTS.write_text(heading + names, "utf-8", newline="\n")


def main(profile: str) -> None:
    if profile == "lock":
        lock()
        return
    prepare(profile)
    sys.stdout.buffer.write(str(interpreter(VENV)).encode())


if __name__ == "__main__":
    if len(sys.argv) != 2 or sys.argv[1] not in REQUIREMENTS:
        sys.exit(__doc__)
    try:
        main(sys.argv[1])
    except PrepareError as error:
        sys.exit(str(error))
    except KeyboardInterrupt:
        sys.exit(130)
