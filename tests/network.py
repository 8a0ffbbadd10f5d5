"""Two machines on a cable of their own, made of network namespaces that reach nothing else."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator

import pytest

NEAR, FAR = "10.77.41.1", "10.77.41.2"
"""Their addresses: to browsers no loopback ones, so that a page over plain HTTP is not secure."""


def cable() -> Iterator[tuple[str, str]]:
    """The names of two network namespaces, at NEAR and FAR; skips where there can be none."""
    ip = shutil.which("ip", path="/usr/sbin:/sbin:/usr/bin:/bin")
    if ip is None:
        pytest.skip("program: iproute2 is not installed")
    near, far = f"pad{os.getpid()}a", f"pad{os.getpid()}b"

    def run(*command: str) -> None:
        subprocess.run([ip, *command], check=True, capture_output=True)

    try:
        try:
            for name in (near, far):
                run("netns", "add", name)
            run("-n", near, "link", "add", "cable", "type", "veth", "peer", "cable", "netns", far)
            for name, address in ((near, NEAR), (far, FAR)):
                run("-n", name, "address", "add", f"{address}/24", "dev", "cable")
                # An IPv6 address that comes a second later is a change of network: browsers then
                # break off what they are loading.
                run("-n", name, "link", "set", "cable", "addrgenmode", "none")
                run("-n", name, "link", "set", "cable", "up")
                run("-n", name, "link", "set", "lo", "up")
        except subprocess.CalledProcessError as error:
            pytest.skip(f"kernel: no network namespaces ({error.stderr.decode().strip()})")
        yield near, far
    finally:
        for name in (near, far):
            subprocess.run([ip, "netns", "delete", name], check=False, capture_output=True)
