"""What runs and what is configured, told to people and to programs."""

from __future__ import annotations

import json
import signal
import sys
from pathlib import Path

import pytest

from .conftest import Machine


@pytest.mark.slow
class TestStatus:
    def test_a_running_server(self, busy_machine: Machine) -> None:
        (serving,) = busy_machine.servers
        (state,) = busy_machine.json("status")["servers"]
        assert state["url"] == serving.url
        assert state["pid"] == serving.process.pid
        assert state["answers"] is True
        line = busy_machine.collabpad("status").stdout
        assert serving.url in line
        assert "online" in line

    def test_none(self, machine: Machine) -> None:
        done = machine.collabpad("status", "--json")
        assert (done.returncode, json.loads(done.stdout)) == (1, {"servers": []})

    def test_several(self, machine: Machine) -> None:
        urls = {machine.serve(name=name).url for name in ("one", "two")}
        assert {state["url"] for state in machine.json("status")["servers"]} == urls
        assert "--server" in machine.refused("sessions", code=2)
        for url in urls:
            assert machine.json("sessions", "--server", url) == {"sessions": []}
            assert machine.json("sessions", COLLABPAD_SERVER=url) == {"sessions": []}

    def test_a_server_elsewhere_is_asked_without_our_token(self, machine: Machine) -> None:
        url = machine.serve().url
        runtime = str(machine.folder / "other")
        (state,) = machine.json("status", "--server", url, COLLABPAD_RUNTIME_DIR=runtime)["servers"]
        assert state["answers"] is True
        assert "sessions" not in state
        refused = machine.refused("sessions", "--server", url, COLLABPAD_RUNTIME_DIR=runtime)
        assert "COLLABPAD_TOKEN" in refused

    def test_a_killed_server_is_cleaned_away(self, machine: Machine) -> None:
        serving = machine.serve()
        serving.stop(signal.SIGKILL)
        assert list(machine.runtime.glob("server-*"))
        assert "No collabpad server is running" in machine.refused("status")
        assert not list(machine.runtime.glob("server-*"))

    @pytest.mark.skipif(sys.platform == "win32", reason="Windows cannot suspend by a signal")
    def test_one_that_hangs_is_told_apart(
        self, machine: Machine, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        from collabpad import client
        from collabpad.cli.status import _state
        from collabpad.runtime import running

        serving = machine.serve()
        serving.process.send_signal(signal.SIGSTOP)
        monkeypatch.setattr(client, "TIMEOUT", 0.2)
        (found,) = running(machine.runtime)
        state = _state(client.ApiClient(found.url, found.token))
        assert state["answers"] is False
        assert "does not answer" in state["problem"]
        serving.process.send_signal(signal.SIGCONT)


class TestConfig:
    def test_each_setting_with_its_value_and_source(self, machine: Machine) -> None:
        file = machine.folder / "config" / "collabpad" / "config.toml"
        file.parent.mkdir(parents=True)
        file.write_text('chat_cap = 50\n[limits]\ndocument = "2 MiB"\n')
        told = machine.json("config", COLLABPAD_PORT="6000")
        settings = told["settings"]
        assert told["config_file"] == str(file)
        assert (settings["port"]["value"], settings["port"]["source"]) == (6000, "COLLABPAD_PORT")
        assert (settings["chat_cap"]["value"], settings["chat_cap"]["source"]) == (50, str(file))
        assert settings["limits.document"]["value"] == 2 * 1024 * 1024
        assert settings["host"] == {
            "value": "127.0.0.1",
            "source": "default",
            "variable": "COLLABPAD_HOST",
        }

    @pytest.mark.slow
    def test_languages_of_the_config_file(self, machine: Machine) -> None:
        file = machine.folder / "config" / "collabpad" / "config.toml"
        file.parent.mkdir(parents=True)
        file.write_text('[languages.awk]\nname = "AWK"\nrun = ["awk", "-f", "{file}"]\n')
        told = machine.json("config")["settings"]["languages.awk"]
        assert (told["source"], told["variable"]) == (str(file), None)
        assert told["value"]["run"] == ["awk", "-f", "{file}"]
        lines = machine.collabpad("config").stdout.splitlines()
        row = next(line.split() for line in lines if line.startswith("languages.awk"))
        assert row[1:] == ["AWK:", "awk", "-f", "'{file}'", str(file), "-"]
        file.write_text('[languages.python]\nname = "Mine"\nrun = "python3 {file}"\n')
        for command in (["config"], ["serve", "--port", "0"]):
            told = machine.refused(*command, code=2)
            assert f"languages.python in {file} cannot have the name python" in told

    def test_for_people(self, machine: Machine) -> None:
        lines = machine.collabpad("config", COLLABPAD_LAN="1").stdout.splitlines()
        assert lines[0].endswith("(there is none)")
        row = next(line.split() for line in lines if line.startswith("lan"))
        assert row == ["lan", "true", "COLLABPAD_LAN", "COLLABPAD_LAN"]

    def test_the_token_is_never_shown(self, machine: Machine) -> None:
        token = "correct-horse-battery"
        for arguments in (["config"], ["config", "--json"]):
            told = machine.collabpad(*arguments, COLLABPAD_TOKEN=token).stdout
            assert token not in told
            assert "(set)" in told

    def test_a_bad_value_names_its_source(self, machine: Machine, tmp_path: Path) -> None:
        assert "COLLABPAD_PORT" in machine.refused("config", code=2, COLLABPAD_PORT="x")
        missing = str(tmp_path / "none.toml")
        assert missing in machine.refused("config", code=2, COLLABPAD_CONFIG=missing)
