"""The lowest versions that pyproject.toml allows: a server on them keeps the same rules."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
KEY_TESTS = (
    "tests/wire/test_engine_io_rules.py",
    "tests/wire/test_socket_io_rules.py",
    "tests/wire/test_flask_extension.py",
    "tests/wire/test_http_handler.py",
    "tests/protocol/test_joining.py",
)
VERSIONS = "import importlib.metadata as m, sys; print(*map(m.version, sys.argv[1:]))"


def lowest() -> dict[str, str]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    found = [re.match(r"([\w-]+)>=([\d.]+)", each) for each in project["dependencies"]]
    assert all(found), "every dependency has a lowest version"
    return {match[1]: match[2] for match in found if match}


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """One in which they come before those that are installed here."""
    folder = tmp_path_factory.mktemp("lowest")
    pip = [sys.executable, "-m", "pip", "install", "--no-deps", "--only-binary", ":all:"]
    wanted = [f"{name}=={version}" for name, version in lowest().items()]
    done = subprocess.run(
        [*pip, "--quiet", "--target", str(folder), *wanted], capture_output=True, text=True
    )
    if "from versions: none" in done.stderr:
        pytest.skip("program: pip reached no package registry")
    assert done.returncode == 0, done.stderr
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    plugins = {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}  # of the newest versions of some
    return {**kept, **plugins, "PYTHONPATH": str(folder)}


@pytest.mark.slow
def test_the_rules_are_kept_on_the_lowest_versions(environment: dict[str, str]) -> None:
    asked = [sys.executable, "-P", "-c", VERSIONS, *lowest()]
    told = subprocess.run(asked, env=environment, check=True, capture_output=True, text=True)
    for found, wanted in zip(told.stdout.split(), lowest().values(), strict=True):
        assert re.fullmatch(rf"{re.escape(wanted)}(\.0)*", found)
    done = subprocess.run(
        [sys.executable, "-P", "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", *KEY_TESTS],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout[-4000:]
