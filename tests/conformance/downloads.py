"""The suites and clients of others, in pinned versions, fetched into `.venv/conformance`."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Final

import node

ROOT = Path(__file__).resolve().parents[2]
CACHE = ROOT / ".venv" / "conformance"
TIMEOUT = 600.0  # seconds

AUTOBAHN: Final = "autobahntestsuite==25.10.1"
SUITES: Final = {
    "engine.io-protocol": "f21de7b00ed09b3bbad2807db718ea5d6bc36aba",
    "socket.io-protocol": "4f633dd6a4445492d57af3b27ddd2d336014f1f1",
}
JAVASCRIPT_CLIENTS: Final = ("4.8.4", "4.0.2", "3.1.3")
PYTHON_CLIENTS: Final = ("5.18.1", "5.0.4")


class Missing(Exception):
    """Something cannot be had here; the message is one sentence."""


def run(command: list[str], cwd: Path, failure: str, **environment: str) -> None:
    """Run quietly; raises Missing, with the last line that it said, where it fails."""
    done = subprocess.run(
        command,
        cwd=cwd,
        env={**os.environ, **environment},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=TIMEOUT,
    )
    if done.returncode != 0:
        said = (done.stderr or done.stdout).strip().splitlines() or ["no reason given"]
        raise Missing(f"{failure} ({said[-1].strip()}).")


def once(folder: Path) -> bool:
    """Whether `folder` has yet to be made: a stamp tells that it was made whole."""
    if (folder / "READY").exists():
        return False
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return True


def python2() -> str:
    """A Python 2.7 or PyPy 2.7, which Autobahn's test suite needs."""
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    candidates = [os.environ.get("PYTHON2", ""), "python2.7", "pypy2.7", "pypy", "python2"]
    candidates += [str(path) for path in sorted(pyenv.glob("2.7*/bin/python2.7"))]
    question = "import sys, pip; sys.exit(sys.version_info[:2] != (2, 7))"
    for candidate in filter(shutil.which, filter(None, candidates)):
        if subprocess.run([candidate, "-c", question], capture_output=True).returncode == 0:
            return candidate
    raise Missing("Autobahn's test suite needs a Python 2.7 with pip, on PATH or named by PYTHON2.")


def autobahn() -> tuple[list[str], dict[str, str]]:
    """How its fuzzing client is started, and the environment that it needs."""
    python, folder = python2(), CACHE / "autobahn"
    environment = {"PYTHONUSERBASE": str(folder)}
    if once(folder):
        pip = [python, "-m", "pip", "--disable-pip-version-check", "install", "--quiet", "--user"]
        run([*pip, AUTOBAHN], folder, "pip could not install Autobahn's test suite", **environment)
        (folder / "READY").touch()
    return [python, str(folder / "bin" / "wstest")], environment


def suite(name: str) -> Path:
    """The folder of one of Socket.IO's own test suites, with the packages that it needs."""
    folder = CACHE / name
    if once(folder):
        address = f"https://github.com/socketio/{name}"
        failure = f"git could not fetch {address}"
        run(["git", "init", "--quiet", "."], folder, failure)
        run(["git", "fetch", "--quiet", address, SUITES[name]], folder, failure)
        run(["git", "checkout", "--quiet", "FETCH_HEAD"], folder, failure)
        try:
            node.install_packages(folder / "test-suite")
        except node.BundleError as error:
            raise Missing(str(error)) from None
        (folder / "READY").touch()
    return folder / "test-suite"


def javascript_client(version: str) -> Path:
    """The package of this version of socket.io-client."""
    folder = CACHE / "javascript"
    if once(folder):
        packages = {f"v{each}": f"npm:socket.io-client@{each}" for each in JAVASCRIPT_CLIENTS}
        (folder / "package.json").write_text(json.dumps({"dependencies": packages}))
        found = node.find_node()
        options = ["--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
        failure = "npm could not install socket.io-client"
        run([*found.npm, "install", *options], folder, failure, **found.environment())
        (folder / "READY").touch()
    return folder / "node_modules" / f"v{version}"


def python_client(version: str) -> Path:
    """The folder into which pip has installed this version of python-socketio."""
    folder = CACHE / f"python-{version}"
    if once(folder):
        pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "install", "--quiet"]
        requirement = f"python-socketio[client]=={version}"
        failure = "pip could not install python-socketio"
        run([*pip, "--target", str(folder), requirement], folder, failure)
        (folder / "READY").touch()
    return folder
