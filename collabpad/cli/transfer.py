"""Commands that take sessions out of a server and into one."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import IO, Final

import click

from ..errors import StartError, UsageProblem
from ..units import MIB
from . import streams
from .output import json_option, print_json, print_pairs
from .server_option import api_client, server_option
from .sessions import session_id, session_links

STANDARD: Final = "-"
IN_MEMORY: Final = 32 * MIB
PIECE: Final = MIB


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
    help="File to write; - is standard output.  [default: -]",
)
@server_option
def export(*, session: str, kind: str, output: str, server: str | None) -> None:
    """Write SESSION (an ID or a link) to a file.

    \b
    Examples:
      collabpad export SESSION -o kata.json
      collabpad export SESSION --format text > kata.py
    """
    # Whole before anything is written: what was in the file stays if the server breaks off.
    with tempfile.SpooledTemporaryFile(max_size=IN_MEMORY) as spool:
        api_client(server).export(session_id(session), kind, lambda piece: _keep(spool, piece))
        spool.seek(0)
        pieces = iter(lambda: spool.read(PIECE), b"")
        if output == STANDARD:
            for piece in pieces:
                streams.write(piece)
            return
        try:
            with Path(output).open("wb") as file:
                file.writelines(pieces)
        except OSError as error:
            raise StartError(f"{output} cannot be written: {error.strerror}.") from None


def _keep(spool: IO[bytes], piece: bytes) -> None:
    try:
        spool.write(piece)
    except OSError as error:
        raise StartError(f"There is not enough space for the export: {error.strerror}.") from None


@click.command("import")
@click.argument("file")
@json_option
@server_option
def import_(*, file: str, as_json: bool, server: str | None) -> None:
    """Create a session from FILE, written by `collabpad export`; - reads standard input.

    \b
    Example:
      collabpad import kata.json
    """
    session = api_client(server).import_session(_exported(file))
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
        raise UsageProblem(f"{file} is not a session that collabpad exported.") from None
