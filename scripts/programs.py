"""The programs beside Python that the tests use, and their installation where that is ours to do.

Standard library only: `prepare.py` uses it before anything is installed.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

APT_TIMEOUT = 900.0  # seconds

# Debian's package to the names under which its program is found, any one of which will do.
PACKAGES = {
    "bubblewrap": ("bwrap",),
    "chromium-headless-shell": (
        "chromium-headless-shell",
        "chromium",
        "chromium-browser",
        "google-chrome",
    ),
    "iproute2": ("ip",),
    "nginx": ("nginx",),
    "openssl": ("openssl",),
}


def missing() -> list[str]:
    """The packages none of whose programs is on PATH (with the folders of root's programs)."""
    path = os.pathsep.join([os.environ.get("PATH", os.defpath), "/usr/sbin", "/sbin"])
    return [
        package
        for package, names in PACKAGES.items()
        if not any(shutil.which(name, path=path) for name in names)
    ]


def may_install() -> bool:
    """Whether this is Debian's like and we are its root."""
    return sys.platform == "linux" and os.geteuid() == 0 and shutil.which("apt-get") is not None


def install(packages: list[str]) -> None:
    """Install what can be; what is still missing afterwards, `missing` tells."""
    if not packages or not may_install():
        return
    print(f"Installing {', '.join(packages)} (apt-get)", file=sys.stderr, flush=True)
    if not _apt_get("install", *packages):
        _apt_get("update")
        _apt_get("install", *packages)


def _apt_get(command: str, *packages: str) -> bool:
    options = ["--quiet", "--yes", "--no-install-recommends"] if packages else ["--quiet"]
    done = subprocess.run(
        ["apt-get", command, *options, *packages],
        env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=APT_TIMEOUT,
    )
    return done.returncode == 0
