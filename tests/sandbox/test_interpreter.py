"""Which Python programs get, and that it never brings private files with it."""

from __future__ import annotations

import sys
import venv
from pathlib import Path

import pytest

from collabpad.errors import StartError
from collabpad.sandbox import Sandbox, interpreter, open_sandbox
from collabpad.settings import Settings
from tests.sandbox.stories import need, run


@pytest.fixture(scope="module")
def packages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A virtual environment with a package in it."""
    folder = tmp_path_factory.mktemp("packages") / "env"
    venv.create(folder, with_pip=False, symlinks=True)
    (site,) = folder.glob("lib/python*/site-packages")
    site.joinpath("team_library.py").write_text("answer = 42\n")
    return folder


def test_by_itself_it_is_the_python_under_the_virtual_environment() -> None:
    found = interpreter.find(Settings())
    assert Path(found.executable).resolve() == Path(sys.executable).resolve()
    assert not any(Path(sys.prefix).is_relative_to(path) for path in found.readable)


@pytest.mark.parametrize("private", ["/", "/home", "/etc", "/tmp", "/var", "~", "~/.local"])
def test_private_folders_are_never_shown_whole(private: str) -> None:
    with pytest.raises(StartError, match="Programs would see all of"):
        interpreter.needed_folders([str(Path(private).expanduser())], Settings())


def test_a_folder_above_the_home_is_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/people/all/ann")
    with pytest.raises(StartError):
        interpreter.needed_folders(["/people/all"], Settings())
    assert interpreter.needed_folders(["/people/all/ann/pythons/3"], Settings())


def test_the_data_of_the_server_is_not_shown(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path / "prefix" / "data")
    with pytest.raises(StartError, match="--data-dir"):
        interpreter.needed_folders([str(tmp_path / "prefix")], settings)


def test_what_is_always_there_is_not_shown_again() -> None:
    assert interpreter.needed_folders(["/usr", "/usr/local", "/bin"], Settings()) == ()


def test_a_folder_is_shown_under_each_of_its_names(tmp_path: Path) -> None:
    real = tmp_path / "python-3.12.4"
    real.joinpath("lib").mkdir(parents=True)
    link = tmp_path / "python-3.12"
    link.symlink_to(real)
    assert set(interpreter.needed_folders([str(link), str(real / "lib")], Settings())) == {
        str(link),
        str(real),
    }


@pytest.mark.parametrize("kind", ["the system's", "this one", "a virtual environment's", "linked"])
def test_pythons_of_every_kind_run(
    sandbox: Sandbox, packages: Path, tmp_path: Path, kind: str
) -> None:
    base = Path(getattr(sys, "_base_executable", sys.executable))
    prefix = tmp_path / "python-3"
    prefix.symlink_to(sys.base_prefix)
    chosen = {
        "the system's": Path("/usr/bin/python3"),
        "this one": base,
        "a virtual environment's": packages / "bin" / "python",
        "linked": prefix / "bin" / "python3",
    }[kind]
    if not chosen.exists():
        pytest.skip(f"platform: {chosen} is not installed here")
    settings = Settings(run_backend=sandbox.name, run_python=chosen)
    needed = interpreter.find(settings)
    if sandbox.name != "bubblewrap" and interpreter.hidden_from_runs(
        (needed.executable, *needed.readable)
    ):
        with pytest.raises(StartError, match="Permission denied"):
            open_sandbox(settings)
        return
    found = open_sandbox(settings)
    code = "import json, ssl, sqlite3, ctypes, multiprocessing; print(json.dumps('fine'))"
    assert run(found, code, command=_plain(found.python)).output == b'"fine"\n'


def test_packages_of_the_team_can_be_imported(packages: Path) -> None:
    need("bubblewrap")
    sandbox = open_sandbox(Settings(run_backend="bubblewrap", run_packages=packages))
    story = run(
        sandbox, "import team_library; print(team_library.answer)", command=_plain(sandbox.python)
    )
    assert story.output == b"42\n"


def test_packages_and_a_python_of_choice(packages: Path) -> None:
    need("bubblewrap")
    base = Path(getattr(sys, "_base_executable", sys.executable))
    settings = Settings(run_backend="bubblewrap", run_packages=packages, run_python=base)
    sandbox = open_sandbox(settings)
    story = run(
        sandbox, "import team_library; print(team_library.answer)", command=_plain(sandbox.python)
    )
    assert story.output == b"42\n"


def _plain(python: interpreter.Interpreter) -> tuple[str, ...]:
    return python.executable, "main.py"


def test_packages_cannot_be_written_to(packages: Path) -> None:
    need("bubblewrap")
    sandbox = open_sandbox(Settings(run_backend="bubblewrap", run_packages=packages))
    story = run(sandbox, f"open({str(packages / 'planted')!r}, 'w')")
    assert b"Read-only file system" in story.said("stderr")


def test_packages_for_another_python_are_refused(packages: Path, tmp_path: Path) -> None:
    other = tmp_path / "env"
    other.joinpath("lib/python2.7/site-packages").mkdir(parents=True)
    base = Path(getattr(sys, "_base_executable", sys.executable))
    with pytest.raises(StartError, match="--run-packages"):
        interpreter.find(Settings(run_packages=other, run_python=base))


@pytest.mark.parametrize("wrong", ["/nowhere/python", "/bin/true", "/etc/passwd"])
def test_what_is_no_python_is_refused(wrong: str) -> None:
    with pytest.raises(StartError, match="is not a working Python"):
        interpreter.find(Settings(run_python=Path(wrong)))
