"""A copy of the checkout's own files, and the packages built from it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import bundle

ROOT = Path(__file__).resolve().parents[2]


def own_files() -> list[str]:
    """What a commit of the checkout as it is now would hold."""
    if not (ROOT / ".git").exists():
        pytest.skip("platform: this is no git checkout")
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    listed = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    return [name for name in listed.split("\0") if name and (ROOT / name).is_file()]


def copy_checkout(target: Path) -> Path:
    """The checkout as a fresh clone would have it."""
    for name in own_files():
        (target / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / name, target / name)
    return target


@pytest.fixture(scope="session")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A fresh clone, but with the built assets of this one, so that nothing need be built."""
    folder = copy_checkout(tmp_path_factory.mktemp("clone") / "collabpad")
    shutil.copytree(bundle.vendor_folder(), bundle.vendor_folder(folder))
    return folder


def build(source: Path, output: Path, *kinds: str) -> Path:
    """Build a package with the tools that are installed here, and return its path."""
    command = [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(output), *kinds]
    done = subprocess.run([*command, str(source)], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return next(output.iterdir())


@pytest.fixture(scope="session")
def sdist(checkout: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(checkout, tmp_path_factory.mktemp("sdist"), "--sdist")


@pytest.fixture(scope="session")
def wheel(sdist: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel that a stranger's pip makes of the sdist."""
    unpacked = tmp_path_factory.mktemp("unpacked")
    shutil.unpack_archive(sdist, unpacked, filter="data")
    return build(next(unpacked.iterdir()), tmp_path_factory.mktemp("wheel"), "--wheel")


@pytest.fixture(scope="session")
def caches() -> dict[str, str]:
    """Where pip and npm keep what they fetched: what varies is the machine, not the registries."""
    asked = [sys.executable, "-m", "pip", "cache", "dir"]
    folder = subprocess.run(asked, check=True, capture_output=True, text=True).stdout.strip()
    npm = os.environ.get("npm_config_cache", str(Path.home() / ".npm"))  # noqa: SIM112
    return {"PIP_CACHE_DIR": folder, "npm_config_cache": npm}


@pytest.fixture
def without_node(tmp_path: Path, caches: dict[str, str]) -> dict[str, str]:
    """The environment of a machine that has no Node.js, with a home of its own."""
    path, home = tmp_path / "programs", tmp_path / "home"
    path.mkdir()
    home.mkdir()
    for name in ("bash", "dirname", "env", "git"):
        found = shutil.which(name)
        assert found is not None
        (path / name).symlink_to(found)
    (path / "python3").symlink_to(sys._base_executable)  # type: ignore[attr-defined]
    ours = ("COLLABPAD_", "PYTHON", "XDG_", "VIRTUAL_ENV")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    return {**kept, **caches, "PATH": str(path), "HOME": str(home)}
