"""Commands for whoever runs servers: what runs, and what is configured."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from ..configuration import Configuration, resolve, variable
from ..errors import StartError
from ..settings import folder
from .output import json_option, print_json, print_table
from .server_option import api_client, server_option
from .streams import echo

if TYPE_CHECKING:
    from ..client import ApiClient


@click.command()
@json_option
@server_option
def status(*, as_json: bool, server: str | None) -> None:
    """Say which servers run on this machine, and how they are.

    \b
    Examples:
      collabpad status
      collabpad status --server https://pad.example.org --json

    The exit code is 0 when all of them answer, and 1 when one does not or none runs.
    """
    from ..client import START_ONE, client_of
    from ..runtime import running

    if server is None:
        servers = running(folder(resolve({}).settings.runtime_dir))
        found = [{**_state(client_of(each)), "pid": each.pid} for each in servers]
    else:
        found = [_state(api_client(server))]
    if as_json:
        print_json({"servers": found})
    elif not found:
        raise StartError(START_ONE)
    for state in [] if as_json else found:
        echo(_line(state))
    if not found or not all(state["answers"] for state in found):
        raise click.exceptions.Exit(1)


def _state(client: ApiClient) -> dict[str, Any]:
    try:
        health = client.health()
        sessions = client.sessions() if client.token else None
    except StartError as error:
        return {"url": client.url, "answers": False, "problem": error.message}
    state: dict[str, Any] = {"url": client.url, "answers": True, "version": health.get("version")}
    if sessions is not None:
        state["sessions"] = len(sessions)
        state["online"] = sum(int(session.get("online") or 0) for session in sessions)
    return state


def _line(state: dict[str, Any]) -> str:
    process = f" (process {state['pid']})" if "pid" in state else ""
    if not state["answers"]:
        return f"{state['url']}{process}: {state['problem']}"
    told = [f"collabpad {state['version']} runs"]
    if "sessions" in state:
        told.append(f"{_count(state['sessions'], 'session')}, {state['online']} online")
    return f"{state['url']}{process}: {'; '.join(told)}"


def _count(number: int, thing: str) -> str:
    return f"{number} {thing}{'' if number == 1 else 's'}"


@click.command()
@json_option
def config(*, as_json: bool) -> None:
    """Show every setting, its value, and where that comes from.

    \b
    A flag of `collabpad serve` comes first, then the environment, then the config file:
      collabpad serve --port 5001
      COLLABPAD_PORT=5001 collabpad serve
      port = 5001                     (in config.toml)
    Sizes may be written like "2 MiB". Settings named limits.* stand under [limits] in the file.
    """
    configuration = resolve({})
    file = configuration.config_file
    if as_json:
        named = None if file is None else str(file)
        print_json({"config_file": named, "settings": _all(configuration)})
        return
    if file is None:
        echo("Config file: none, since your user has no home folder\n")
    else:
        echo(f"Config file: {file}{'' if file.exists() else ' (there is none)'}\n")
    rows = (
        (name, _shown(entry["value"]), entry["source"], entry["variable"])
        for name, entry in _all(configuration).items()
    )
    print_table(("SETTING", "VALUE", "FROM", "VARIABLE"), rows)


def _all(configuration: Configuration) -> dict[str, dict[str, Any]]:
    return {
        name: {
            "value": _plain(name, choice.value),
            "source": choice.source,
            "variable": variable(name),
        }
        for name, choice in configuration.choices.items()
    }


def _plain(name: str, value: Any) -> Any:
    """A value as JSON has it; the token is told to nobody."""
    if name == "token" and value is not None:
        return "(set)"
    if isinstance(value, tuple):
        return list(value)
    return value if isinstance(value, str | int | float | None) else str(value)


def _shown(value: Any) -> str:
    if value is None or value in ("", []):
        return "-"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return f"{value:g}"
    return ", ".join(value) if isinstance(value, list) else str(value)
