"""`scripts/check changed`, and what calls it: which files, checks and tests it takes."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import changed
import checks

ROOT = Path(changed.__file__).parent.parent


def git(folder: Path, *arguments: str) -> None:
    identity = ["-c", "user.name=Ann", "-c", "user.email=ann@example.org"]
    subprocess.run(["git", *identity, *arguments], cwd=folder, check=True, capture_output=True)


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A checkout whose main branch has three files."""
    git(tmp_path, "init", "--quiet", "--initial-branch", "main")
    for name in ("kept.py", "edited.py", "removed.py"):
        (tmp_path / name).write_text("")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "--quiet", "--message", "Begin")
    monkeypatch.setattr(changed, "ROOT", tmp_path)
    return tmp_path


def test_on_main_what_is_not_committed_has_changed(checkout: Path) -> None:
    assert changed.changed_files() == []
    (checkout / "edited.py").write_text("x = 1\n")
    (checkout / "new one.py").write_text("")
    (checkout / "removed.py").unlink()
    assert changed.changed_files() == ["edited.py", "new one.py"]


def test_on_a_branch_so_has_what_was_committed_there(checkout: Path) -> None:
    git(checkout, "switch", "--quiet", "--create", "mine")
    (checkout / "edited.py").write_text("x = 1\n")
    git(checkout, "commit", "--quiet", "--all", "--message", "Edit")
    (checkout / "new.py").write_text("")
    git(checkout, "add", "new.py")
    assert changed.changed_files() == ["edited.py", "new.py"]


def test_where_there_is_no_main_the_last_commit_counts(checkout: Path) -> None:
    git(checkout, "branch", "--move", "main", "trunk")
    (checkout / "edited.py").write_text("x = 1\n")
    assert changed.changed_files() == ["edited.py"]


@pytest.mark.parametrize(
    ("name", "tests"),
    [
        ("collabpad/sessions/rotation.py", {"tests/sessions/test_rotation.py"}),
        ("collabpad/sessions/chat.py", {"tests/protocol/test_chat.py"}),
        ("collabpad/protocol/fields.py", {"tests/contract", "tests/test_floors.py"}),
        ("collabpad/static/js/chat.js", {"tests/test_strings.py"}),
        ("docs/guide.md", {"tests/test_docs.py"}),
        ("scripts/changed.py", {"tests/packaging/test_changed.py"}),
        ("tests/test_logs.py", {"tests/test_logs.py"}),
        ("tests/harness.py", set()),
    ],
)
def test_tests_belong_to_a_file(name: str, tests: set[str]) -> None:
    assert (ROOT / name).is_file()
    assert tests <= set(changed.tests_of([name]))


def test_what_also_belongs_to_a_file_is_there() -> None:
    named = {name for names in (changed.ALSO, *changed.ALSO.values()) for name in names}
    assert [name for name in sorted(named) if not (ROOT / name).exists()] == []


def test_each_file_has_only_the_checks_that_it_needs() -> None:
    assert checks.checks_of(["docs/guide.md", "LICENSE"]) == []
    python = {check.name: check.command for check in checks.checks_of(["collabpad/errors.py"])}
    assert {"ruff check", "ruff format", "mypy"} <= set(python)
    assert "tsc" not in python
    assert python["ruff check"][-1] == python["ruff format"][-1] == "collabpad/errors.py"
    script = "collabpad/static/js/chat.js"
    page = {check.name: check.command for check in checks.checks_of([script])}
    assert set(page) == {"prettier", "tsc"}
    assert page["prettier"][-1] == script


@pytest.mark.parametrize(
    ("lint", "tests", "result"),
    [(0, 0, 0), (1, 0, 1), (0, 1, 1), (0, checks.NO_TESTS_COLLECTED, 0)],
)
def test_a_fault_of_a_check_or_a_test_fails_it(
    lint: int, tests: int, result: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    def leaves(code: int) -> tuple[str, ...]:
        return (sys.executable, "-c", f"import sys; sys.exit({code})")

    monkeypatch.setattr(changed, "changed_files", lambda: ["docs/guide.md"])
    monkeypatch.setattr(checks, "checks_of", lambda _: [checks.Check("lint", leaves(lint))])
    monkeypatch.setattr(checks, "PYTEST", leaves(tests))
    assert checks.main(["changed"]) == result


def test_pre_commit_needs_nothing_but_this_checkout() -> None:
    text = (ROOT / ".pre-commit-config.yaml").read_text("utf-8")
    assert re.findall(r"repo: (\S+)", text) == ["local"]
    (entry,) = re.findall(r"entry: (.+)", text)
    assert entry == "scripts/check changed"
    assert os.access(ROOT / entry.split()[0], os.X_OK)


def test_the_container_has_a_python_that_is_supported() -> None:
    container = json.loads((ROOT / ".devcontainer" / "devcontainer.json").read_text("utf-8"))
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    version = re.search(r"python:(3\.\d+)", container["image"])
    assert version is not None
    assert f"Programming Language :: Python :: {version[1]}" in project["classifiers"]
    assert (ROOT / container["postCreateCommand"].split()[1]).is_file()
