"""Wherever and however a command is started: one plain sentence and a number, and never a fault."""

from __future__ import annotations

import json
import os
import shlex
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.harness import eventually

from .conftest import PATIENCE, Machine

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform == "win32", reason="platform: descriptors as shells have them"),
]

TITLE = "Zoë 😀 日本"
IN_NO_FOLDER = "mkdir $HOME/gone; cd $HOME/gone; rmdir $HOME/gone;"
COLLABPAD = f"{sys.executable} -m collabpad"


def shell(machine: Machine, line: str, **environment: str) -> subprocess.CompletedProcess[bytes]:
    """Run a line of the shell, in which `$c` is the command."""
    there = {**machine.environment, **environment, "c": COLLABPAD}
    done = subprocess.run(
        ["/bin/sh", "-c", line], env=there, capture_output=True, timeout=3 * PATIENCE
    )
    told = done.stderr.decode(errors="replace")
    assert "internal error of collabpad" not in told
    assert "Traceback" not in told
    assert "Exception ignored" not in told
    return done


@pytest.fixture(scope="module")
def zoes(busy_machine: Machine) -> Machine:
    """A machine with a server and a session that has a title."""
    busy_machine.json("new-session", "--title", TITLE)
    return busy_machine


# --- standard streams ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("encoding", "shown"),
    [
        ({"PYTHONIOENCODING": "ascii"}, b"Zo\\xeb \\U0001f600 \\u65e5\\u672c"),
        ({"PYTHONIOENCODING": "latin-1"}, b"Zo\xeb \\U0001f600 \\u65e5\\u672c"),
        ({"PYTHONIOENCODING": "cp437"}, b"Zo\x89 \\U0001f600 \\u65e5\\u672c"),
        ({"PYTHONIOENCODING": "cp932"}, b"Zo\\xeb \\U0001f600 \x93\xfa\x96{"),
        ({"PYTHONIOENCODING": "utf-8"}, TITLE.encode()),
        (
            {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
            b"Zo\\xeb \\U0001f600 \\u65e5\\u672c",
        ),
    ],
    ids=str,
)
def test_what_an_encoding_lacks_is_written_out(
    zoes: Machine, encoding: dict[str, str], shown: bytes
) -> None:
    done = shell(zoes, "$c sessions | cat", **encoding)
    assert shown in done.stdout
    assert done.stderr == b""


@pytest.mark.parametrize("encoding", ["ascii", "cp1252"])
def test_a_start_is_told_in_every_encoding(machine: Machine, encoding: str) -> None:
    command = [sys.executable, "-m", "collabpad", "serve", "--port", "0", "--new"]
    command += ["--data-dir", str(machine.folder / "Zoë 😀"), "--log-level", "warning"]
    environment = {**machine.environment, "PYTHONIOENCODING": encoding}
    with subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        told = b""
        for line in process.stdout:
            told += line
            if b"Ctrl-C" in line:
                break
        process.terminate()
        _, errors = process.communicate(timeout=PATIENCE)
    assert "Zoë 😀".encode(encoding, "backslashreplace") in told
    assert (process.returncode, errors) == (0, b"")


def test_arguments_are_read_as_what_was_typed(zoes: Machine) -> None:
    odd = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    done = shell(zoes, f"$c new-session --json --title 'in C: {TITLE}'", **odd)
    assert done.returncode == 0, done.stderr
    assert shell(zoes, "$c new-session --title \"$(printf 'half \\377')\"").returncode == 0
    titles = {session["title"] for session in zoes.json("sessions")["sessions"]}
    assert titles >= {f"in C: {TITLE}", "half �"}


@pytest.mark.parametrize(
    ("line", "code", "told"),
    [
        ("$c sessions >&-", 0, ""),
        ("$c new-session --qr >&-", 0, ""),
        ("$c config --json >&- 2>&-", 0, ""),
        ("$c --help >&-", 0, ""),
        ("$c nope 2>&-", 2, ""),
        ("$c nope >&- 2>&- <&-", 2, ""),
        ("$c new-session --from - <&-", 2, "Standard input is closed"),
        ("$c import - <&-", 2, "Standard input is closed"),
        ("$c export $id >&-", 2, "Standard output is closed: give a file with --output."),
        ("$c sessions > /dev/full", 1, "Standard output cannot be written: No space left"),
        ("$c config --json > /dev/full", 1, "Standard output cannot be written: No space left"),
        ("$c export $id > /dev/full", 1, "Standard output cannot be written: No space left"),
        ("$c export $id -o /dev/full", 1, "/dev/full cannot be written: No space left"),
        ("$c --help > /dev/full", 1, "No space left"),
        ("$c nope 2> /dev/full", 2, ""),
        ("$c 2> /dev/full", 2, ""),
        ("{ $c sessions; echo $? >&2; } | head -c 0", 0, "1\n"),
        ("{ $c --help; echo $? >&2; } | head -c 0", 0, "1\n"),
        ("$c new-session --from /", 2, "/ cannot be read: Is a directory"),
        ("$c new-session --from /nonexistent/x", 2, "cannot be read: No such file"),
        ("$c import /", 2, "/ cannot be read: Is a directory"),
        ("$c export $id -o /", 1, "/ cannot be written: Is a directory"),
        ("mkdir $HOME/gone; cd $HOME/gone; rmdir $HOME/gone; $c status", 0, ""),
        (
            "mkdir $HOME/gone; cd $HOME/gone; rmdir $HOME/gone; $c new-session --from x",
            2,
            "x cannot",
        ),
    ],
)
def test_streams_and_files(zoes: Machine, line: str, code: int, told: str) -> None:
    if "/dev/full" in line and not Path("/dev/full").exists():
        pytest.skip("platform: there is no /dev/full")
    known = zoes.json("sessions")["sessions"][0]["session_id"]
    done = shell(zoes, line, id=known)
    stderr = done.stderr.decode()
    assert done.returncode == code, stderr
    assert told in stderr if told else stderr == ""
    assert stderr.count("\n") == (1 if told else 0)


@pytest.mark.parametrize("streams", [">&- 2>&- <&-", "> /dev/full 2> /dev/full"])
def test_a_server_serves_whoever_listens_to_its_start(machine: Machine, streams: str) -> None:
    if "/dev/full" in streams and not Path("/dev/full").exists():
        pytest.skip("platform: there is no /dev/full")
    line = f"$c serve --port 0 --new {streams} & echo $!"
    process = int(shell(machine, line).stdout)
    try:
        (state,) = eventually(
            lambda: [each for each in _states(machine) if each.get("sessions") == 1], "the server"
        )
        assert state["pid"] == process
        database = machine.folder / "data" / "collabpad.db"
        assert database.read_bytes().startswith(b"SQLite format 3\0")
    finally:
        os.kill(process, 15)
    eventually(lambda: not list(machine.runtime.glob("server-*")), "its end")


def _states(machine: Machine) -> list[dict[str, object]]:
    found: list[dict[str, object]] = json.loads(machine.collabpad("status", "--json").stdout)[
        "servers"
    ]
    return found


# --- people whom the system does not know ---------------------------------------------------------


def test_who_has_neither_a_home_nor_a_name(machine: Machine, tmp_path: Path) -> None:
    setpriv = shutil.which("setpriv")
    if os.geteuid() != 0 or setpriv is None:
        pytest.skip("program: becoming nobody takes root and setpriv")
    reading = "--inh-caps=+dac_read_search --ambient-caps=+dac_read_search"  # of this Python
    nobody = f"{setpriv} --reuid=54321 --regid=54321 --clear-groups {reading}"
    nobody += f" env -u HOME -u XDG_CONFIG_HOME -u COLLABPAD_DATA_DIR {COLLABPAD}"
    own = tmp_path / "own"
    own.mkdir()
    os.chown(own, 54321, 54321)
    run = {"COLLABPAD_RUNTIME_DIR": str(own / "run")}
    done = shell(machine, f"cd {own}; {nobody} config", **run)
    assert done.returncode == 0, done.stderr
    assert b"Config file: none, since your user has no home folder" in done.stdout
    for flags, code, told in (
        ("", 1, "Your user has no home folder for the data"),
        ("--data-dir '~/data'", 2, "--data-dir must be a path in a home folder that exists"),
    ):
        done = shell(machine, f"cd {own}; {nobody} serve --port 0 {flags}", **run)
        assert done.returncode == code
        assert done.stderr.decode().startswith(f"collabpad: {told}")
        assert done.stderr.count(b"\n") == 1
    with subprocess.Popen(
        shlex.split(f"{nobody} serve --port 0 --data-dir data --json --log-level warning"),
        env={**machine.environment, **run},
        cwd=own,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        assert process.stdout is not None
        line = process.stdout.readline()
        process.terminate()
        _, errors = process.communicate(timeout=PATIENCE)
    assert (process.returncode, errors) == (0, b"")
    assert json.loads(line)["data_dir"] == str(own / "data")
    assert sorted(path.name for path in own.iterdir()) == ["data", "run"]


# --- a start that cannot be -----------------------------------------------------------------------


def config(text: bytes) -> Callable[[Machine], list[str]]:
    def prepare(machine: Machine) -> list[str]:
        file = machine.folder / "config" / "collabpad" / "config.toml"
        file.parent.mkdir(parents=True)
        file.write_bytes(text)
        return []

    return prepare


def folder_as(name: str) -> Callable[[Machine], list[str]]:
    def prepare(machine: Machine) -> list[str]:
        (machine.folder / name).mkdir(parents=True)
        return []

    return prepare


def file_as(name: str, content: bytes = b"") -> Callable[[Machine], list[str]]:
    def prepare(machine: Machine) -> list[str]:
        path = machine.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        return []

    return prepare


def with_flag(flag: str, content: bytes | None) -> Callable[[Machine], list[str]]:
    """A flag that names a file; None for a folder."""

    def prepare(machine: Machine) -> list[str]:
        path = machine.folder / "named"
        if content is None:
            path.mkdir()
        else:
            path.write_bytes(content)
        return [flag, str(path)]

    return prepare


RANDOM = bytes(range(256)) * 64
DATABASE = "data/collabpad.db"
BAD_STARTS: list[tuple[str, Callable[[Machine], list[str]], int, str]] = [
    ("config a folder", folder_as("config/collabpad/config.toml"), 1, "Is a directory"),
    ("config not UTF-8", config(b"host = '\xff'"), 1, "it is not UTF-8 text (save it as UTF-8)"),
    ("config in UTF-16", config("port = 1".encode("utf-16")), 1, "it is not UTF-8 text"),
    ("config no TOML", config(RANDOM[:128]), 2, "is not valid TOML"),
    ("NUL in a path", config(b'data_dir = "a\\u0000b"'), 2, "must be text"),
    ("no such home", config(b'data_dir = "~nobody-there/x"'), 2, "a home folder that exists"),
    ("random bytes", file_as(DATABASE, RANDOM), 1, "is damaged or not a collabpad database"),
    ("empty database", file_as(DATABASE), 1, "is not a collabpad database"),
    (
        "cut short",
        file_as(DATABASE, b"SQLite format 3\0"),
        1,
        "is damaged or not a collabpad database",
    ),
    ("database a folder", folder_as(DATABASE), 1, "cannot be used"),
    ("data folder a file", file_as("data"), 1, "cannot be used (it is no folder)"),
    ("lock a folder", folder_as("data/server.lock"), 1, "Is a directory"),
    ("token a folder", folder_as("data/operator-token"), 1, "Is a directory"),
    ("runtime folder a file", file_as("run"), 1, "cannot be made: File exists"),
    ("token file a folder", with_flag("--token-file", None), 2, "Is a directory"),
    ("token file of bytes", with_flag("--token-file", RANDOM), 2, "is not text"),
    ("certificate a folder", with_flag("--cert", None), 1, "cannot be read: Is a directory"),
    ("certificate of bytes", with_flag("--cert", RANDOM), 1, "contains no PEM certificate"),
    (
        "certificate of nothing",
        with_flag("--cert", b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"),
        1,
        "cannot be used",
    ),
    ("host unknown", lambda _: ["--host", "203.0.113.7"], 2, "does not have the address"),
]


@pytest.mark.parametrize(
    ("prepare", "code", "told"),
    [start[1:] for start in BAD_STARTS],
    ids=[start[0] for start in BAD_STARTS],
)
def test_a_start_that_cannot_be(
    machine: Machine, prepare: Callable[[Machine], list[str]], code: int, told: str
) -> None:
    arguments = prepare(machine)
    port = [] if "--port" in arguments else ["--port", "0"]
    sentence = machine.refused("serve", *port, *arguments, code=code)
    assert told in sentence
    assert "internal error of collabpad" not in sentence
    assert not list(machine.runtime.glob("*"))


def test_a_port_in_use(machine: Machine) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        assert f"Port {port} is in use" in machine.refused("serve", "--port", port)


def test_a_mark_at_the_beginning_of_the_config_file(machine: Machine) -> None:
    config("port = 6001\nhost = '127.0.0.1'\n".encode("utf-8-sig"))(machine)
    assert machine.json("config")["settings"]["port"]["value"] == 6001


@contextmanager
def mounted(folder: Path, options: str) -> Iterator[None]:
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(folder)]
    if os.geteuid() != 0 or subprocess.run(mount, capture_output=True).returncode != 0:
        pytest.skip("kernel: mounting a file system takes root")
    try:
        yield
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


@pytest.mark.parametrize("place", ["data", "run"])
def test_a_disk_that_is_full_or_only_read(machine: Machine, place: str) -> None:
    folder = machine.folder / place
    with mounted(folder, "size=64k,mode=0700"):
        (folder / "filler").write_bytes(b"x" * 65536 if place == "run" else b"x" * 45056)
        sentence = machine.refused("serve", "--port", "0")
        assert "No space left" in sentence or "disk is full" in sentence
        assert str(folder) in sentence
        remount = ["mount", "-o", "remount,ro", str(folder)]
        subprocess.run(remount, check=True, capture_output=True)
        assert "Read-only file system" in machine.refused("serve", "--port", "0")
