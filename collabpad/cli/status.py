"""The command `status`: which servers run on this machine, and their state."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from ..configuration import resolve
from ..errors import StartError
from ..settings import folder
from .output import json_option, print_json
from .server_option import api_client, server_option
from .streams import echo

if TYPE_CHECKING:
    from ..client import ApiClient


@click.command()
@json_option
@server_option
def status(*, as_json: bool, server: str | None) -> None:
    """Show which servers run on this machine, and their state.

    \b
    Examples:
      collabpad status
      collabpad status --server https://pad.example.org --json

    The exit code is 0 if all of them answer, and 1 if one does not or none is running.
    """
    from ..runtime import running
    from ..server_discovery import START_ONE, client_of

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
