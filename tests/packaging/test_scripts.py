"""The commands of a checkout: when they set up anew, what they install, what CI does not accept."""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import bundle
import checks
import mutants
import prepare
import programs

SCRIPTS = Path(prepare.__file__).parent


@pytest.fixture
def environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An environment that looks set up, in place of the checkout's own."""
    folder = tmp_path / ".venv"
    monkeypatch.setattr(prepare, "VENV", folder)
    python = prepare.interpreter(folder)
    python.parent.mkdir(parents=True)
    python.touch()
    assert bundle.is_current()
    return folder


def test_what_is_fit_for_checking_is_fit_for_serving_but_not_the_other_way(
    environment: Path,
) -> None:
    assert not prepare.is_ready("serve", "now")
    prepare.stamp_of("serve").write_text("now")
    assert prepare.is_ready("serve", "now")
    assert not prepare.is_ready("check", "now")
    prepare.stamp_of("check").write_text("now")
    prepare.stamp_of("serve").write_text("of another time")
    assert prepare.is_ready("serve", "now")
    assert not prepare.is_ready("serve", "changed")


def test_an_environment_whose_python_is_gone_is_not_ready(environment: Path) -> None:
    prepare.stamp_of("check").write_text("now")
    prepare.interpreter(environment).unlink()
    assert not prepare.is_ready("check", "now")


def test_the_environment_follows_what_the_project_asks_for(monkeypatch: pytest.MonkeyPatch) -> None:
    before = prepare.sources_digest()
    assert prepare.sources_digest() == before
    monkeypatch.setattr(prepare, "CONSTRAINTS", SCRIPTS / "lib.sh")
    assert prepare.sources_digest() != before


def test_a_failing_installer_is_shown_and_told_in_one_sentence(
    capsys: pytest.CaptureFixture[str],
) -> None:
    failing = [sys.executable, "-c", "import sys; sys.exit('no such release')"]
    with pytest.raises(prepare.PrepareError, match="It failed"):
        prepare.run(failing, "It failed")
    assert "no such release" in capsys.readouterr().err


def test_a_python_that_cannot_make_environments_names_the_package(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[list[str]] = []
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    monkeypatch.setattr(programs, "install", asked.append)
    with pytest.raises(prepare.PrepareError, match=r"python3\.\d+-venv"):
        prepare.make_environment(tmp_path / "venv")
    assert asked
    assert not (tmp_path / "venv").exists()


def test_a_program_is_missing_only_if_none_of_its_names_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(programs, "PACKAGES", {"one": ("a", "b"), "two": ("c",)})
    assert programs.missing() == ["one", "two"]
    suffix = ".exe" if sys.platform == "win32" else ""
    (tmp_path / f"b{suffix}").touch(mode=0o755)
    assert programs.missing() == ["two"]


def test_nothing_is_installed_by_those_who_are_not_root(monkeypatch: pytest.MonkeyPatch) -> None:
    def must_not_run(*command: str) -> bool:
        raise AssertionError(command)

    monkeypatch.setattr(programs, "may_install", lambda: False)
    monkeypatch.setattr(programs, "_apt_get", must_not_run)
    programs.install(["anything"])


def test_package_lists_are_fetched_only_if_the_first_try_fails(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    done: list[tuple[str, ...]] = []

    def apt_get(command: str, *packages: str) -> bool:
        done.append((command, *packages))
        return command == "update" or ("update",) in done

    monkeypatch.setattr(programs, "may_install", lambda: True)
    monkeypatch.setattr(programs, "_apt_get", apt_get)
    programs.install(["bubblewrap"])
    assert done == [("install", "bubblewrap"), ("update",), ("install", "bubblewrap")]


def run_suite(folder: Path, test: str, **environment: str) -> tuple[int, list[str]]:
    """Run one test file with run_tests.py; its exit code and what it printed, line by line."""
    (folder / "pytest.ini").write_text("[pytest]\n")
    (folder / "test_it.py").write_text(f"import pytest\n\n{test}\n")
    command = [sys.executable, "-P", str(SCRIPTS / "run_tests.py"), "-p", "no:cacheprovider"]
    done = subprocess.run(
        [*command, "-p", "no:playwright", "-p", "no:hypothesispytest", str(folder)],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
    )
    return done.returncode, done.stdout.splitlines()


@pytest.mark.parametrize(
    ("reason", "in_ci", "told"),
    [
        ("kernel: user namespaces", 0, "Missing kernel features: user namespaces (1 skipped)"),
        ("platform: Windows only", 0, "For other systems: Windows only (1 skipped)"),
        ("program: nginx", 1, "Missing programs: nginx (1 skipped)"),
        ("too lazy", 1, "Skipped for other reasons: too lazy (1 skipped)"),
    ],
)
def test_ci_accepts_no_skip_but_for_the_kernel_and_the_platform(
    tmp_path: Path, reason: str, in_ci: int, told: str
) -> None:
    test = f"def test_good():\n    pass\n\ndef test_skipped():\n    pytest.skip({reason!r})"
    code, lines = run_suite(tmp_path, test)
    assert (code, told in lines) == (0, True)
    assert "1 passed, 1 skipped" in lines[-1]
    code, lines = run_suite(tmp_path, test, CI="true")
    assert (code, told in lines) == (in_ci, True)


def test_a_file_that_is_skipped_whole_counts_too(tmp_path: Path) -> None:
    test = 'pytest.skip("program: chromium", allow_module_level=True)'
    assert run_suite(tmp_path, test, CI="true")[0] != 0


def test_checks_that_failed_before_are_recalled_at_the_end(tmp_path: Path) -> None:
    code, lines = run_suite(tmp_path, "def test_it(): pass", COLLABPAD_FAILED_CHECKS="mypy, tsc")
    assert code == 0
    assert "FAILED: mypy, tsc" in lines
    assert "1 passed" in lines[-1]


@pytest.fixture
def three_checks(monkeypatch: pytest.MonkeyPatch) -> list[tuple[tuple[str, ...], list[str]]]:
    """Three checks, the second of which finds a fault; what the tests are then called with."""
    good, bad = (sys.executable, "-c", ""), (sys.executable, "-c", "exit('line 7 is wrong')")
    found = [checks.Check("one", good), checks.Check("two", bad, good), checks.Check("three", good)]
    called: list[tuple[tuple[str, ...], list[str]]] = []

    def run_tests(which: tuple[str, ...], failed: list[str]) -> int:
        called.append((which, failed))
        return 0

    monkeypatch.setattr(checks, "checks", lambda: found)
    monkeypatch.setattr(checks, "run_tests", run_tests)
    monkeypatch.setattr(programs, "PACKAGES", {})
    return called


def test_a_fault_stops_no_later_check_but_fails_the_whole(
    three_checks: list[tuple[tuple[str, ...], list[str]]], capsys: pytest.CaptureFixture[str]
) -> None:
    assert checks.main([]) == 1
    assert three_checks == [(("-m", "not soak"), ["two"])]
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[:2] for line in lines if line[:3] in {"one", "two", "thr"}] == [
        ["one", "ok"],
        ["two", "FAILED"],
        ["three", "ok"],
    ]
    assert "line 7 is wrong" in lines


def test_fast_leaves_out_the_slow_tests(
    three_checks: list[tuple[tuple[str, ...], list[str]]],
) -> None:
    checks.main(["fast"])
    ((which, failed),) = three_checks
    assert which[:2] == ("-m", "not soak and not slow")
    assert failed == ["two"]


def test_fix_mends_what_it_can_and_runs_no_test(
    three_checks: list[tuple[tuple[str, ...], list[str]]],
) -> None:
    assert checks.main(["fix"]) == 0
    assert not three_checks


def test_a_misspelt_word_checks_nothing(
    three_checks: list[tuple[tuple[str, ...], list[str]]],
) -> None:
    assert checks.main(["quick"]) == 2
    assert not three_checks


@pytest.mark.skipif(sys.platform == "win32", reason="platform: bash scripts")
@pytest.mark.parametrize("name", ["serve", "check", "conformance", "pyz", "soak", "lib.sh"])
def test_bash_understands_the_scripts(name: str) -> None:
    subprocess.run(["bash", "-n", str(SCRIPTS / name)], check=True)


@pytest.mark.skipif(sys.platform == "win32", reason="platform: bash scripts")
def test_without_a_python_that_is_new_enough_a_sentence_says_so(tmp_path: Path) -> None:
    old = tmp_path / "python3"
    old.write_text("#!/bin/sh\nexit 1\n")
    old.chmod(0o755)
    script = f'root={tmp_path}; . "{SCRIPTS}/lib.sh"; prepare serve'
    done = subprocess.run(
        ["/bin/bash", "-c", script], env={"PATH": str(tmp_path)}, capture_output=True, text=True
    )
    assert done.returncode == 1
    assert done.stderr == "collabpad needs Python 3.11 or newer, and none is on PATH.\n"


def test_mutants_are_made_of_what_there_is_and_met_by_stories_that_there_are() -> None:
    root = SCRIPTS.parent
    for module in mutants.MODULES:
        assert (root / "collabpad" / "sessions" / f"{module}.py").is_file(), module
    for story in mutants.STORIES:
        assert (root / "tests" / "protocol" / f"test_{story}.py").is_file(), story


def test_the_copy_that_mutants_live_in_can_run_the_tests(tmp_path: Path) -> None:
    mutants.copy_checkout(tmp_path, ["chat"])
    settings = tomllib.loads((tmp_path / "pyproject.toml").read_text("utf-8"))["tool"]["mutmut"]
    assert settings["only_mutate"] == ["collabpad/sessions/chat.py"]
    for tests in settings["pytest_add_cli_args_test_selection"]:
        assert (tmp_path / tests).is_dir()
    assert (tmp_path / "mutants" / "frontend" / "package.json").is_file()


def test_only_mutants_that_were_tried_count(tmp_path: Path) -> None:
    found = tmp_path / "mutants" / "collabpad" / "sessions"
    found.mkdir(parents=True)
    codes = {"one": mutants.SURVIVED, "two": 1, "three": None}
    (found / "chat.py.meta").write_text(json.dumps({"exit_code_by_key": codes}))
    assert mutants.verdicts(tmp_path, ["chat", "roles"]) == {"one": mutants.SURVIVED, "two": 1}
