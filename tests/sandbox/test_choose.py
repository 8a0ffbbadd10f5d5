"""Which backend a server gets, and what it says when it does not get the one it wants."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from collabpad.errors import RunDisabled, StartError
from collabpad.sandbox import RunSpec, Sandbox, bubblewrap, choose, open_sandbox
from collabpad.sandbox.process import keep_own_descriptors
from collabpad.settings import Settings
from tests.sandbox.stories import need, run

Break = Callable[..., None]


@pytest.fixture
def broken(monkeypatch: pytest.MonkeyPatch) -> Break:
    """Makes backends fail as they do on other machines."""

    def break_them(*names: str) -> None:
        real = choose._failure

        def failure(backend: Sandbox) -> str | None:
            return "it is broken" if backend.name in names else real(backend)

        monkeypatch.setattr(choose, "_failure", failure)

    return break_them


def test_the_best_one_is_taken_without_an_excuse() -> None:
    need("bubblewrap")
    sandbox = open_sandbox(Settings())
    assert (sandbox.name, sandbox.isolated, sandbox.reason) == ("bubblewrap", True, "")


def test_without_bubblewrap_landlock_is_taken_and_says_why(broken: Break) -> None:
    need("landlock")
    broken("bubblewrap")
    sandbox = open_sandbox(Settings(lan=True))
    assert (sandbox.name, sandbox.isolated) == ("landlock", True)
    assert "it is broken" in sandbox.reason
    assert sandbox.reason.endswith(".")


def test_bare_limits_are_for_this_machine_alone(broken: Break) -> None:
    broken("bubblewrap", "landlock")
    sandbox = open_sandbox(Settings())
    assert (sandbox.name, sandbox.isolated) == ("limits", False)
    assert "Bubblewrap" in sandbox.reason
    assert "landlock" in sandbox.reason


@pytest.mark.parametrize(
    "settings", [Settings(lan=True), Settings(host="0.0.0.0"), Settings(host="192.0.2.1")]
)
def test_where_others_come_nothing_runs_unprotected(broken: Break, settings: Settings) -> None:
    broken("bubblewrap", "landlock")
    sandbox = open_sandbox(settings)
    assert sandbox.name == "off"
    assert "--unsafe-run" in sandbox.reason
    with pytest.raises(RunDisabled):
        sandbox.run(RunSpec(command=("true",)))


def test_unless_the_operator_insists(broken: Break) -> None:
    broken("bubblewrap", "landlock")
    assert open_sandbox(Settings(lan=True, unsafe_run=True)).name == "limits"


def test_nothing_that_works_is_off(broken: Break) -> None:
    broken("bubblewrap", "landlock", "limits")
    assert open_sandbox(Settings()).name == "off"


@pytest.mark.parametrize("name", ["bubblewrap", "landlock", "limits"])
def test_a_chosen_one_works_or_the_server_does_not_start(broken: Break, name: str) -> None:
    broken(name)
    with pytest.raises(StartError, match=f"--run-backend {name} does not work here: .*broken"):
        open_sandbox(Settings(run_backend=name))


def test_limits_by_choice_need_the_word_unsafe_where_others_come() -> None:
    with pytest.raises(StartError, match="--unsafe-run"):
        open_sandbox(Settings(run_backend="limits", lan=True))
    assert open_sandbox(Settings(run_backend="limits", lan=True, unsafe_run=True)).name == "limits"


def test_off_by_choice() -> None:
    sandbox = open_sandbox(Settings(run_backend="off"))
    assert (sandbox.name, sandbox.reason) == ("off", "It was switched off with --run-backend off.")


def test_a_container_needs_an_image(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda name: f"/usr/bin/{name}")
    with pytest.raises(StartError, match="--run-image"):
        open_sandbox(Settings(run_backend="container"))


def test_a_container_needs_an_engine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda name: None)
    with pytest.raises(StartError, match="neither podman nor docker"):
        open_sandbox(Settings(run_backend="container", run_image="python"))


def test_a_missing_bubblewrap_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(StartError, match="bubblewrap is not installed"):
        open_sandbox(Settings(run_backend="bubblewrap"))


def test_an_old_bubblewrap_is_said(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    old = tmp_path / "bwrap"
    old.write_text("#!/bin/sh\necho '--tmpfs DEST'\n")
    old.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    with pytest.raises(StartError, match="older than"):
        open_sandbox(Settings(run_backend="bubblewrap"))


def test_a_bubblewrap_that_may_not_make_namespaces_is_said(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    restricted = tmp_path / "bwrap"
    restricted.write_text(
        '#!/bin/sh\n[ "$1" = --help ] && exec /usr/bin/bwrap --help\n'
        "echo 'bwrap: setting up uid map: Permission denied' >&2\nexit 1\n"
    )
    restricted.chmod(0o755)
    need("bubblewrap")
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    monkeypatch.setattr(bubblewrap, "nobody", lambda: None)
    with pytest.raises(StartError, match="AppArmor"):
        open_sandbox(Settings(run_backend="bubblewrap"))


def test_what_is_open_in_the_server_is_closed_for_runs(sandbox: Sandbox, tmp_path: Path) -> None:
    secret = os.open(tmp_path, os.O_RDONLY)
    try:
        os.set_inheritable(secret, True)
        keep_own_descriptors()
        code = (
            "import os\nfor fd in range(3, 99):\n try: os.fstat(fd); print(fd)\n except OSError: 0"
        )
        assert run(sandbox, code).output == b""
    finally:
        os.close(secret)
