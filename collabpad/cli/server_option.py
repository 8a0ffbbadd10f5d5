"""Which server a command speaks to."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from ..configuration import resolve
from ..setting_sources import SERVER_VARIABLE
from ..settings import folder

if TYPE_CHECKING:
    from ..client import ApiClient


def server_option(command: click.decorators.FC) -> click.decorators.FC:
    """Give a command the option --server."""
    return click.option(
        "--server",
        metavar="URL",
        envvar=SERVER_VARIABLE,
        help="URL of the server; needed only if several run, or for one on another machine.",
    )(command)


def api_client(server: str | None) -> ApiClient:
    """The server at that URL, else the only one that runs; StartError when there is none."""
    from ..server_discovery import connect
    from ..tokens import chosen_token

    settings = resolve({}).settings
    token = chosen_token(settings) if server else None
    return connect(folder(settings.runtime_dir), url=server, token=token)
