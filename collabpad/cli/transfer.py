"""Commands that take sessions out of a server and into one."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Final

import click

from ..errors import StartError, UsageProblem
from . import streams
from .choosing import chosen, server_option
from .output import json_option, print_json, print_pairs
from .sessions import session_id, session_links

STANDARD: Final = "-"


@click.command("export")
@click.argument("session")
@click.option(
    "--format",
    "kind",
    type=click.Choice(["text", "json"]),
    default="json",
    help="json: the whole session, for `collabpad import`; text: the document alone.",
    show_default=True,
)
@click.option(
    "--output",
    "-o",
    metavar="FILE",
    default=STANDARD,
    help="Where to write it; - is standard output.  [default: -]",
)
@server_option
def export(*, session: str, kind: str, output: str, server: str | None) -> None:
    """Write SESSION, an ID or a link, into a file.

    \b
    Examples:
      collabpad export SESSION -o kata.json
      collabpad export SESSION --format text > kata.py
    """
    body = chosen(server).export(session_id(session), kind)
    if output == STANDARD:
        streams.write(body)
        return
    try:
        Path(output).write_bytes(body)
    except OSError as error:
        raise StartError(f"{output} cannot be written: {error.strerror}.") from None


@click.command("import")
@click.argument("file")
@json_option
@server_option
def import_(*, file: str, as_json: bool, server: str | None) -> None:
    """Make a new session of FILE, which `collabpad export` wrote; - reads standard input.

    \b
    Example:
      collabpad import kata.json
    """
    session = chosen(server).import_session(_exported(file))
    if as_json:
        print_json(session)
    else:
        print_pairs(session_links(session))


def _exported(file: str) -> object:
    try:
        return json.loads(streams.read() if file == STANDARD else Path(file).read_bytes())
    except OSError as error:
        raise UsageProblem(f"{file} cannot be read: {error.strerror}.") from None
    except (ValueError, RecursionError):
        raise UsageProblem(f"{file} is no session that collabpad exported.") from None
