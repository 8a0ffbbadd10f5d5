"""Each way to get collabpad and to start it, as on a stranger's machine without Node.js."""

from __future__ import annotations

import subprocess
import sys
import venv
from pathlib import Path

import pytest

import bundle
import make_pyz
from prepare import CONSTRAINTS, interpreter
from tests.packaging.conftest import copy_checkout
from tests.packaging.served import check_pages, serving

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform == "win32", reason="platform: uses signals and shell scripts"),
]
SETUP_TIMEOUT = 600  # seconds, for what fetches packages


def test_the_wheel_serves_its_page_from_a_clean_environment(
    wheel: Path, tmp_path: Path, without_node: dict[str, str]
) -> None:
    venv.create(tmp_path / "venv", with_pip=True)
    python = str(interpreter(tmp_path / "venv"))
    pip = [python, "-m", "pip", "install", "--quiet", "--constraint", str(CONSTRAINTS), str(wheel)]
    subprocess.run(pip, env=without_node, check=True, timeout=SETUP_TIMEOUT)
    command = str(Path(python).with_name("collabpad"))
    with serving([command, "serve"], without_node, tmp_path) as served:
        check_pages(served)
    with serving([python, "-m", "collabpad", "serve"], without_node, tmp_path) as served:
        check_pages(served)


def test_a_fresh_clone_sets_itself_up_once_and_serves(
    tmp_path: Path, without_node: dict[str, str]
) -> None:
    clone = copy_checkout(tmp_path / "clone with spaces")
    script = [str(clone / "scripts" / "serve")]
    assert "Setting up" in told_by([*script, "--help"], without_node)
    assert bundle.is_current(clone)
    assert "Setting up" not in told_by([*script, "--help"], without_node)
    with serving(script, without_node, tmp_path) as served:
        check_pages(served)


def told_by(command: list[str], environment: dict[str, str]) -> str:
    """What a command that must succeed says of its own doing."""
    done = subprocess.run(
        command,
        env=environment,
        check=True,
        timeout=SETUP_TIMEOUT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    return done.stderr


def test_one_file_serves_its_page(tmp_path: Path, without_node: dict[str, str]) -> None:
    pyz = make_pyz.make(tmp_path)
    environment = {**without_node, "SHIV_ROOT": str(tmp_path / "unpacked")}
    with serving([sys.executable, str(pyz), "serve"], environment, tmp_path) as served:
        check_pages(served)


def test_one_file_for_another_python_says_so_in_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(make_pyz, "target", lambda: ("plan9-mips", "3.99"))
    preamble = tmp_path / "preamble.py"
    preamble.write_text(make_pyz.preamble())
    done = subprocess.run([sys.executable, str(preamble)], capture_output=True, text=True)
    assert done.returncode == 1
    assert done.stderr.startswith("This file is made for Python 3.99 on plan9-mips.")
    assert "Traceback" not in done.stderr


def test_an_installation_without_nodejs_and_without_a_network_says_what_is_missing(
    tmp_path: Path, without_node: dict[str, str]
) -> None:
    clone = copy_checkout(tmp_path / "clone")
    pip = [sys.executable, "-m", "pip", "install", "--no-deps", "--no-build-isolation"]
    done = subprocess.run(
        [*pip, "--target", str(tmp_path / "target"), str(clone)],
        env=without_node,
        capture_output=True,
        text=True,
        timeout=SETUP_TIMEOUT,
    )
    assert done.returncode != 0
    assert "needs Node.js 18 or newer" in done.stdout + done.stderr
