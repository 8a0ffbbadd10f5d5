"""A full disk: people are told, writing goes on in memory, and it catches up when there is room."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.harness import Person, Server, eventually


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of two megabytes."""
    folder = tmp_path / "data"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", str(folder)]
    if os.geteuid() != 0 or subprocess.run(mount, capture_output=True).returncode != 0:
        pytest.skip("kernel: mounting a small file system takes root")
    yield folder
    subprocess.run(["umount", "--lazy", str(folder)], check=True)


def test_people_go_on_and_nothing_is_lost(
    small_disk: Path, pair_at_own_server: tuple[Server, Person, Person]
) -> None:
    server, ann, bob = pair_at_own_server
    filler = small_disk / "filler"
    with filler.open("wb", buffering=0) as file:
        while file.write(b"x" * 4096) == 4096 and os.statvfs(small_disk).f_bavail:
            pass
    unsaved = ann.edit("x" * 50_000)
    assert ann.refused("doc_update", update=unsaved) == "not_saved"
    bob.hears("session_update", saving=False)
    health = server.get("/healthz")
    assert (health.status_code, health.json()["error"]["code"]) == (503, "not_saved")
    bob.sees(text="before " + "x" * 50_000)
    assert ann.refused("doc_update", update=unsaved) == "not_saved"
    late = server.person("Late", crdt=True).join(ann.session_id)
    assert not late.joined["session"]["saving"]
    filler.unlink()
    bob.hears("session_update", saving=True)
    assert server.get("/healthz").status_code == 200
    eventually(lambda: ann.call("doc_update", update=unsaved)["ok"], "the edit to be saved")
    server.kill()
    server.start()
    bob.comes_back()
    again = server.person("Again", crdt=True).join(ann.session_id)
    assert again.text == "before " + "x" * 50_000
