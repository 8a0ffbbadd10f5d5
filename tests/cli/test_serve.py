"""`collabpad serve`: what it tells whom, and how it refuses to start."""

from __future__ import annotations

import re
import socket
import subprocess
import sys
import webbrowser
from pathlib import Path
from typing import Any

import pytest

from collabpad.cli import browser
from collabpad.cli.serve import operators_url, sandbox_line
from collabpad.runtime import ServerRecord
from collabpad.server import Running, others_url, own_url
from collabpad.settings import Settings

from .conftest import PATIENCE, Machine

TOKEN = "token-of-the-operator"


class Box:
    """A sandbox as far as it is told about."""

    def __init__(self, name: str, *, isolated: bool, reason: str = "") -> None:
        self.name, self.isolated, self.reason = name, isolated, reason


def running(**settings: Any) -> Running:
    made = Settings(**settings)
    server = ServerRecord(own_url(made), 1, TOKEN, "1.0")
    return Running(made, server, Box("bubblewrap", isolated=True))  # type: ignore[arg-type]


class TestAddresses:
    def test_on_loopback_there_is_no_token_and_nobody_else(self) -> None:
        told = running()
        assert operators_url(told) == "http://127.0.0.1:5000/"
        assert told.others_url is None

    def test_off_loopback_the_token_is_for_you_alone(self) -> None:
        told = running(host="0.0.0.0", lan=True)
        assert operators_url(told) == f"http://127.0.0.1:5000/?token={TOKEN}"
        assert TOKEN not in (told.others_url or "")

    def test_a_waived_token_is_not_told(self) -> None:
        assert TOKEN not in operators_url(running(host="0.0.0.0", lan=True, no_token=True))

    def test_behind_a_proxy_a_local_address_needs_the_token_too(self) -> None:
        told = running(trust_proxy=1, public_url="https://example.org/pad", base_path="/pad")
        assert operators_url(told) == f"http://127.0.0.1:5000/pad/?token={TOKEN}"
        assert told.others_url == "https://example.org/pad"

    @pytest.mark.parametrize(
        ("host", "own", "others"),
        [
            ("192.168.7.7", "http://192.168.7.7:5000", "http://192.168.7.7:5000"),
            ("fd00::7", "http://[fd00::7]:5000", "http://[fd00::7]:5000"),
            ("localhost", "http://127.0.0.1:5000", None),
            ("::1", "http://[::1]:5000", None),
        ],
    )
    def test_by_host(self, host: str, own: str, others: str | None) -> None:
        settings = Settings(host=host)
        assert (own_url(settings), others_url(settings)) == (own, others)

    def test_the_usual_port_is_not_written(self) -> None:
        assert own_url(Settings(port=80)) == "http://127.0.0.1"

    @pytest.mark.parametrize(
        ("box", "told"),
        [
            (Box("bubblewrap", isolated=True), "Programs run in bubblewrap"),
            (Box("limits", isolated=False), "NOT isolated"),
            (Box("off", isolated=False, reason="There is no way."), "There is no way."),
        ],
    )
    def test_the_sandbox(self, box: Box, told: str) -> None:
        assert told in sandbox_line(box)  # type: ignore[arg-type]


class TestBrowser:
    @pytest.fixture
    def opened(self, monkeypatch: pytest.MonkeyPatch) -> list[str]:
        urls: list[str] = []

        def remember(url: str) -> bool:
            urls.append(url)
            return True

        monkeypatch.setattr(webbrowser, "open", remember)
        return urls

    def test_an_address_without_secrets_is_opened_as_it_is(self, opened: list[str]) -> None:
        assert browser.open_page("http://127.0.0.1:5000/", None)
        assert opened == ["http://127.0.0.1:5000/"]

    def test_a_secret_does_not_stand_in_the_process_list(
        self, opened: list[str], tmp_path: Path
    ) -> None:
        assert browser.open_page(f'http://127.0.0.1:5000/?token={TOKEN}&a="b', tmp_path)
        (url,) = opened
        assert TOKEN not in url
        (page,) = tmp_path.glob("open-*.html")
        assert url == page.as_uri()
        assert f"url=http://127.0.0.1:5000/?token={TOKEN}&amp;a=&quot;b" in page.read_text()
        page.unlink()


def told_by(machine: Machine, *arguments: str) -> str:
    """What `serve` prints for people, up to the last line."""
    command = [sys.executable, "-m", "collabpad", "serve", "--port", "0", *arguments]
    process = subprocess.Popen(
        command,
        env={**machine.environment, "PYTHONIOENCODING": "utf-8"},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        encoding="utf-8",
    )
    try:
        assert process.stdout is not None
        lines = [process.stdout.readline()]
        while lines[-1] and "Ctrl-C" not in lines[-1]:
            lines.append(process.stdout.readline())
        process.terminate()
        assert process.wait(PATIENCE) == 0
    finally:
        process.kill()
        process.communicate()
    return "".join(lines)


@pytest.mark.slow
class TestForPeople:
    def test_alone(self, machine: Machine) -> None:
        text = told_by(machine)
        assert "For you     http://127.0.0.1:" in text
        assert "--lan lets your network in" in text
        assert f"Data is kept in {machine.folder / 'data'}." in text
        assert "Programs " in text
        assert "token" not in text
        assert "firewall" not in text

    def test_on_the_network(self, machine: Machine) -> None:
        text = told_by(machine, "--lan", "--run-backend", "off")
        token = (machine.folder / "data" / "operator-token").read_text()
        assert f"/?token={token}\n" in text
        assert text.count(token) == 1
        assert "firewall may block port" in text
        assert "plain HTTP" in text

    def test_with_a_first_session(self, machine: Machine) -> None:
        text = told_by(machine, "--new")
        assert "Join link       http://127.0.0.1:" in text
        (yours,) = re.findall(r"For you +(\S+)", text)
        (host_link,) = re.findall(r"Host link +(\S+)", text)
        assert yours == host_link  # on this machine alone, no token is needed
        assert "holds the session's host key: keep it to yourself" in text
        assert "▄▄▄▄▄" in text

    def test_the_welcome_comes_before_the_log(self, machine: Machine) -> None:
        process = subprocess.Popen(
            [sys.executable, "-m", "collabpad", "serve", "--port", "0", "--new"],
            env=machine.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        assert process.stdout is not None
        told = []
        try:
            for line in process.stdout:
                told.append(line)
                if "Press Ctrl-C" in line:
                    break
            logged = next(line for line in process.stdout if "POST /create_session" in line)
            process.terminate()
            process.communicate(timeout=PATIENCE)
        finally:
            process.kill()
        assert told[0].startswith("collabpad "), told
        assert not [line for line in told if " INFO " in line]
        assert "POST /create_session 200" in logged

    def test_the_way_into_a_first_session_on_the_network(self, machine: Machine) -> None:
        text = told_by(machine, "--lan", "--new", "--run-backend", "off")
        token = (machine.folder / "data" / "operator-token").read_text()
        (host_link,) = re.findall(r"Host link +(\S+)", text)
        session_id, key = re.findall(r"/editor/(\w+)#host=(\S+)", host_link)[0]
        (yours,) = re.findall(r"For you +(\S+)", text)
        assert re.fullmatch(
            rf"http://127\.0\.0\.1:\d+/\?token={token}&session={session_id}#host={key}", yours
        )
        assert text.count(key) == 2
        assert "holds the operator token and the session's host key" in text


@pytest.mark.slow
class TestRefusals:
    def test_a_taken_port(self, machine: Machine) -> None:
        with socket.create_server(("127.0.0.1", 0)) as other:
            port = other.getsockname()[1]
            told = machine.refused("serve", "--port", str(port))
        assert told.startswith(f"Port {port} is in use")
        assert "--port" in told

    def test_a_folder_that_is_none(self, machine: Machine) -> None:
        file = machine.folder / "file"
        file.write_text("")
        told = machine.refused("serve", "--port", "0", "--data-dir", str(file))
        assert str(file) in told
        assert "--data-dir" in told

    def test_a_second_server_on_the_same_folder(self, machine: Machine) -> None:
        first = machine.serve()
        told = machine.refused("serve", "--port", "0")
        assert f"process {first.process.pid}" in told
        assert "--data-dir" in told

    def test_an_address_of_somebody_else(self, machine: Machine) -> None:
        told = machine.refused("serve", "--host", "203.0.113.9", code=2)
        assert "not have the address 203.0.113.9" in told

    def test_nothing_is_left_of_one_that_could_not_start(self, machine: Machine) -> None:
        machine.runtime.write_text("in the way")
        told = machine.refused("serve", "--port", "0")
        assert str(machine.runtime) in told
        machine.runtime.unlink()
        assert machine.serve().stop() == 0
