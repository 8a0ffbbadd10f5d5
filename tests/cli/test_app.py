"""Every command starts at once, teaches, and ends in a sentence and a number, not a traceback."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from collabpad import __version__
from collabpad.cli import app

COMMANDS = ("serve", "new-session", "join-link", "sessions", "close", "status", "config")
HEAVY = {
    "asyncio",
    "engineio",
    "flask",
    "flask_socketio",
    "gevent",
    "jinja2",
    "pycrdt",
    "segno",
    "socketio",
    "ssl",
    "werkzeug",
}

Run = subprocess.CompletedProcess[str]


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """A machine on which nothing runs and nothing is configured."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith("COLLABPAD_")}
    return {
        **kept,
        "COLLABPAD_DATA_DIR": str(tmp_path / "data"),
        "COLLABPAD_RUNTIME_DIR": str(tmp_path / "run"),
        "XDG_CONFIG_HOME": str(tmp_path / "config"),
        "HOME": str(tmp_path),
    }


def run(environment: dict[str, str], *arguments: str) -> Run:
    return subprocess.run(
        [sys.executable, "-m", "collabpad", *arguments],
        env=environment,
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )


COUNT_MODULES = """
import sys
from collabpad.cli import main
try:
    main(sys.argv[1:])
except SystemExit:
    print(len(sys.modules))
"""
LIST_MODULES = """
import sys
from collabpad.cli import main
try:
    main(sys.argv[1:])
except SystemExit:
    print(*{name.partition(".")[0] for name in sys.modules}, sep="\\n", file=sys.stderr)
"""


@pytest.mark.parametrize(
    "arguments",
    [["--help"], ["serve", "--help"], ["config"], ["status"], ["sessions"], ["serve", "--nope"]],
    ids=" ".join,
)
def test_no_command_imports_what_only_the_server_needs(
    environment: dict[str, str], arguments: list[str]
) -> None:
    listed = subprocess.run(
        [sys.executable, "-c", LIST_MODULES, *arguments],
        env=environment,
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    modules = set(listed.stderr.split())
    assert "click" in modules
    allowed = {"ssl"} if arguments in (["status"], ["sessions"]) else set()
    assert modules & HEAVY <= allowed


def test_help_imports_little_more_than_click(environment: dict[str, str]) -> None:
    """Imports are most of the time that a command takes to start; see bench/start.py."""

    def imported(program: str) -> int:
        done = subprocess.run(
            [sys.executable, "-c", program, "--help"],
            env=environment,
            capture_output=True,
            text=True,
            timeout=30,
            check=True,
        )
        return int(done.stdout.split()[-1])

    click_alone = imported("import sys, click\nprint(len(sys.modules))")
    assert imported(COUNT_MODULES) - click_alone < 80


class TestHelp:
    def test_it_teaches(self) -> None:
        text = CliRunner().invoke(app.collabpad, ["--help"]).output
        assert "collabpad serve --lan --new" in text
        assert "_COLLABPAD_COMPLETE=zsh_source" in text
        assert all(command in text for command in COMMANDS)

    @pytest.mark.parametrize("command", COMMANDS)
    def test_each_command_has_an_example_and_explains_its_options(self, command: str) -> None:
        result = CliRunner().invoke(app.collabpad, [command, "--help"])
        assert result.exit_code == 0
        assert command == "config" or f"  collabpad {command}" in result.output
        for parameter in app.collabpad.commands[command].params:
            if parameter.param_type_name == "option":
                assert getattr(parameter, "help", None), parameter.name

    def test_serve_has_every_flag(self) -> None:
        text = CliRunner().invoke(app.collabpad, ["serve", "--help"]).output
        flags = (
            "--host --port --lan --new --token-file --no-token --public-url --allow-host "
            "--run-timeout --chat-cap --data-dir --open-browser --no-rate-limits "
            "--max-participants --log-level --base-path --trust-proxy --run-backend --unsafe-run"
        )
        assert [flag for flag in flags.split() if flag not in text] == []

    def test_shells_complete(self, environment: dict[str, str]) -> None:
        for shell in ("bash", "zsh", "fish"):
            asked = {**environment, "_COLLABPAD_COMPLETE": f"{shell}_source"}
            done = run(asked)
            assert "_COLLABPAD_COMPLETE" in done.stdout, done.stderr


class TestEnds:
    def test_the_version(self, environment: dict[str, str]) -> None:
        done = run(environment, "--version")
        assert (done.returncode, done.stdout) == (0, f"collabpad {__version__}\n")

    def test_no_command_shows_the_help(self, environment: dict[str, str]) -> None:
        done = run(environment)
        assert done.returncode == 2
        assert "Usage: collabpad" in done.stderr

    @pytest.mark.parametrize(
        ("arguments", "code", "told"),
        [
            (["serve", "--prot", "1"], 2, "No such option"),
            (["serve", "--port", "high"], 2, "--port must be a whole number"),
            (["serve", "--token-file", "/nonexistent"], 2, "/nonexistent cannot be read"),
            (["nope"], 2, "No such command"),
            (["join-link"], 2, "Missing argument"),
            (["new-session", "--write-mode", "both"], 2, "'both'"),
            (["new-session"], 1, "No collabpad server is running"),
            (["sessions"], 1, "Start one with: collabpad serve"),
            (["close", "abc"], 1, "No collabpad server is running"),
            (["status"], 1, "No collabpad server is running"),
            (["sessions", "--server", "ftp://x"], 2, "--server must be"),
        ],
        ids=lambda value: " ".join(value) if isinstance(value, list) else "",
    )
    def test_what_goes_wrong_is_one_line_and_a_number(
        self, environment: dict[str, str], arguments: list[str], code: int, told: str
    ) -> None:
        done = run(environment, *arguments)
        assert done.returncode == code
        assert told in done.stderr
        assert done.stderr.startswith("collabpad: ")
        assert done.stderr.count("\n") == 1
        assert done.stdout == ""

    def test_a_reader_that_leaves_early_is_no_fault(self, environment: dict[str, str]) -> None:
        command = [sys.executable, "-m", "collabpad", "config"]
        with subprocess.Popen(
            command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        ) as process:
            assert process.stdout is not None
            assert process.stderr is not None
            process.stdout.close()
            assert process.stderr.read() == ""


class TestFaults:
    """A fault of collabpad's own."""

    @pytest.fixture(autouse=True)
    def broken(self, monkeypatch: pytest.MonkeyPatch) -> None:
        def fail(*_: object) -> None:
            raise ZeroDivisionError("the secret cause")

        monkeypatch.setattr("collabpad.cli.config.resolve", fail)
        monkeypatch.delenv("COLLABPAD_LOG_LEVEL", raising=False)

    def test_it_is_told_without_a_traceback(self, capsys: pytest.CaptureFixture[str]) -> None:
        with pytest.raises(SystemExit) as ended:
            app.main(["config"])
        told = capsys.readouterr().err
        assert ended.value.code == 1
        assert "please report it: ZeroDivisionError: the secret cause (at cli/config.py:" in told
        assert told.count("\n") == 1

    def test_whoever_asks_gets_the_traceback(
        self, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("COLLABPAD_LOG_LEVEL", "debug")
        with pytest.raises(SystemExit):
            app.main(["config"])
        assert "Traceback" in capsys.readouterr().err

    def test_ctrl_c_is_quiet(
        self, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def interrupt(*_: object) -> None:
            raise KeyboardInterrupt

        monkeypatch.setattr("collabpad.cli.config.resolve", interrupt)
        with pytest.raises(SystemExit) as ended:
            app.main(["config"])
        assert ended.value.code == 130
        assert "Traceback" not in capsys.readouterr().err
