"""Commands for sessions: make one, give its links again, list them, end one."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import click

from ..configuration import resolve
from ..errors import UsageProblem
from ..logs import escaped
from . import streams
from .output import json_option, print_json, print_pairs, print_qr, print_table
from .server_option import api_client, server_option
from .streams import echo, typed_text
from .times import ago

PLAIN_TEXT: Final = "text"


@click.command("new-session")
@click.option("--title", help="Title of the session.")
@click.option("--language", help="Language of the document, such as python.")
@click.option(
    "--write-mode",
    type=click.Choice(["handoff", "open"]),
    help="handoff: one pen that people hand over; open: everybody writes at once.",
)
@click.option(
    "--from", "source", metavar="FILE", help="Text to start with; - reads standard input."
)
@click.option("--qr", is_flag=True, help="Draw a QR code of the join link.")
@json_option
@server_option
def new_session(
    *,
    title: str | None,
    language: str | None,
    write_mode: str | None,
    source: str | None,
    qr: bool,
    as_json: bool,
    server: str | None,
) -> None:
    """Create a session and print its links.

    \b
    Examples:
      collabpad new-session
      collabpad new-session --title "Interview" --language python --qr
      collabpad new-session --from solution.py --write-mode open

    Give the join link to people who may write, and the view-only link to people who may only look.
    Keep the host link: anyone who has it owns the session.
    """
    content = None if source is None else _content(source)
    client = api_client(server)
    options: dict[str, Any] = {
        "title": title and typed_text(title),
        "language": language,
        "write_mode": write_mode,
        "content": content,
    }
    if source not in (None, "-"):
        options["language"] = language or _language_of(source, client.languages())
        options["title"] = options["title"] or _title(Path(source).name)
    given = {name: value for name, value in options.items() if value is not None}
    session = client.create_session(given)
    if as_json:
        print_json(session)
    else:
        print_pairs(session_links(session))
    if qr:
        print_qr(session["editor_url"], to_stderr=as_json)


def session_links(session: dict[str, Any]) -> list[tuple[str, str]]:
    """The links of a session that was just made, as they are shown to its host."""
    return [
        ("Join link", session["editor_url"]),
        ("View-only link", session["view_url"]),
        ("Host link", session["host_url"]),
        ("Session ID", session["session_id"]),
    ]


@click.command("join-link")
@click.argument("session")
@click.option("--view", is_flag=True, help="Print the view-only link instead.")
@click.option("--qr", is_flag=True, help="Also draw it as a QR code.")
@json_option
@server_option
def join_link(*, session: str, view: bool, qr: bool, as_json: bool, server: str | None) -> None:
    """Print the link with which others join SESSION (an ID or a link).

    \b
    Examples:
      collabpad join-link SESSION --qr
      collabpad join-link SESSION --view
    """
    state = api_client(server).session(session_id(session))
    url = state.get("view_url" if view else "join_url")
    if not isinstance(url, str):
        raise UsageProblem("A view-only ID does not lead to the join link: use --view.")
    if as_json:
        print_json({"session_id": state["session_id"], "url": url})
    else:
        echo(url)
    if qr:
        print_qr(url, to_stderr=as_json)


@click.command()
@json_option
@server_option
def sessions(*, as_json: bool, server: str | None) -> None:
    """List the sessions of the running server.

    \b
    Example:
      collabpad sessions --json
    """
    found = api_client(server).sessions()
    if as_json:
        print_json({"sessions": found})
    elif not found:
        echo("There are no sessions. Create one with: collabpad new-session")
    else:
        heads = ("SESSION", "TITLE", "LANGUAGE", "ONLINE", "LAST ACTIVE")
        print_table(heads, (_row(session) for session in found))


def _row(session: dict[str, Any]) -> tuple[str, ...]:
    return (
        str(session.get("session_id")),
        str(session.get("title") or ""),
        str(session.get("language") or ""),
        str(session.get("online", "")),
        ago(session.get("active_at")),
    )


@click.command()
@click.argument("session")
@json_option
@server_option
def close(*, session: str, as_json: bool, server: str | None) -> None:
    """End SESSION (an ID or a link) for everybody in it.

    \b
    Example:
      collabpad close SESSION
    """
    closed = session_id(session)
    api_client(server).close_session(closed)
    if as_json:
        print_json({"closed": closed})
    else:
        echo(f"Session {closed} has ended.")


def session_id(text: str) -> str:
    """The ID in `text`, which is an ID or any link of a session."""
    path = urlsplit(text.strip()).path.rstrip("/")
    found = path.rpartition("/")[2]
    if not found:
        raise UsageProblem("SESSION must be a session's ID or one of its links.")
    return found


def _language_of(name: str, languages: list[dict[str, Any]]) -> str:
    """The ID of the last language with the ending of a file's name: configured ones come late."""
    ending = Path(name).suffix.lower()
    found = [each["id"] for each in languages if ending in each.get("endings", ())]
    return str(found[-1]) if found else PLAIN_TEXT


def _title(name: str) -> str:
    """A file's name as a session's title, whatever bytes it has."""
    from ..protocol.fields import TITLE_LENGTH

    return escaped(typed_text(name))[:TITLE_LENGTH]


def _content(source: str) -> str:
    """The text of a file that is to become a document."""
    largest = resolve({}).settings.limits.document
    try:
        if source == "-":
            data = streams.read(largest + 1)
        else:
            with Path(source).open("rb") as file:
                data = file.read(largest + 1)
    except OSError as error:
        raise UsageProblem(f"{source} cannot be read: {error.strerror}.") from None
    if len(data) > largest:
        raise UsageProblem(f"{source} is larger than the limit for documents ({largest:,} bytes).")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise UsageProblem(f"{source} is not UTF-8 text.") from None
