"""`collabpad serve`: the flags of the settings, and what is printed once the server runs."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from dataclasses import Field
from typing import TYPE_CHECKING, Any, TypeVar

import click

from ..configuration import resolve
from ..logs import escaped, logging_later
from ..setting_sources import all_settings
from ..settings import Settings, folder
from .output import print_json, print_pairs, print_qr
from .sessions import session_links
from .streams import OutputError, abandon, echo, flush

if TYPE_CHECKING:
    from ..sandbox import Sandbox
    from ..server import Running

log = logging.getLogger(__name__)

Command = TypeVar("Command", bound=Callable[..., Any])


def _settings_options(command: Command) -> Command:
    """Give a command one option for each setting that has a flag."""
    for name, field in reversed(list(all_settings())):
        if field.metadata.get("flag"):
            command = _option(name, field)(command)
    return command


def _option(name: str, field: Field[Any]) -> Callable[[Command], Command]:
    rules = field.metadata
    shared: dict[str, Any] = {"default": None, "help": _help(field)}
    if field.type == "bool":
        return click.option(rules["flag"], name, is_flag=True, **shared)
    # Read as text here, and checked where values from everywhere are.
    kinds = {"int": "NUMBER", "float": "SECONDS", "Path | None": "PATH", "str": "TEXT"}
    shared["metavar"] = rules.get("metavar") or kinds.get(str(field.type), "TEXT")
    shared["multiple"] = str(field.type).startswith("tuple")
    return click.option(rules["flag"], name, type=str, **shared)


def _help(field: Field[Any]) -> str:
    """What a setting means, what it may be, and what it is by itself."""
    text = str(field.metadata["meaning"])
    if field.metadata.get("choices"):
        text = f"{text.rstrip('.')}: {', '.join(field.metadata['choices'])}."
    if field.default in (None, "", (), False, True):
        return text
    default = f"{field.default:g}" if isinstance(field.default, float) else field.default
    return f"{text}  [default: {default}]"


@click.command()
@_settings_options
@click.option(
    "--new", is_flag=True, help="Create a session at once, and print its links and QR code."
)
@click.option("--open-browser", is_flag=True, help="Open the page in your browser.")
@click.option("--json", "as_json", is_flag=True, help="Print all of that as one line of JSON.")
def serve(*, new: bool, open_browser: bool, as_json: bool, **flags: Any) -> None:
    """Start the server, and keep it running until Ctrl-C.

    \b
    Examples:
      collabpad serve                   for this machine alone
      collabpad serve --lan --new       for your network, with a first session
      collabpad serve --port 0          on any free port
      collabpad serve --trust-proxy 1 --public-url https://example.org

    On this machine alone you need nothing more. Once others can reach the server, you need the
    operator token to create sessions and to run code outside of them: it is in the link printed
    under "For you". Joining a session never needs it.
    """
    from ..server import serve as run

    typed = {name: value for name, value in flags.items() if value not in (None, ())}
    settings = resolve(typed).settings

    def announce(running: Running) -> None:
        session = _first_session(running) if new else None
        if as_json:
            print_json(_facts(running, session), lines=False)
        else:
            _tell(running, session)
        if open_browser:
            _open_browser(running, session)

    def announce_if_possible(running: Running) -> None:
        """People may be here already: a start that nobody can be told of is one all the same."""
        try:
            with logging_later():
                announce(running)
                flush()
        except (BrokenPipeError, OutputError) as error:
            log.warning("The start message could not be printed: %s", error)
            abandon()

    run(settings, announce_if_possible)


def _first_session(running: Running) -> dict[str, Any]:
    from ..server_discovery import client_of

    return client_of(running.server).create_session({})


def _open_browser(running: Running, session: dict[str, Any] | None) -> None:
    from .browser import open_page

    url = operators_url(running, session)
    secret = session is not None or running.token_needed
    if not open_page(url, folder(running.settings.runtime_dir) if secret else None):
        echo("No browser could be opened: open the link yourself.", err=True)


def operators_url(running: Running, session: dict[str, Any] | None = None) -> str:
    """The operator's way in on this machine, with the token where one is needed.

    It leads to the home page, or into `session` as its host: the host key is in the fragment,
    which browsers never send, and which a redirect keeps.
    """
    home = running.server.url + "/"
    if session is None:
        return f"{home}?token={running.server.token}" if running.token_needed else home
    session_id, key = session["session_id"], session["host_key"]
    if not running.token_needed:
        return f"{home}editor/{session_id}#host={key}"
    return f"{home}?token={running.server.token}&session={session_id}#host={key}"


def _facts(running: Running, session: dict[str, Any] | None) -> dict[str, Any]:
    return {
        "version": running.server.version,
        "pid": running.server.pid,
        "url": running.server.url,
        "operators_url": operators_url(running, session),
        "others_url": running.others_url,
        "fingerprint": running.server.fingerprint,
        "sandbox": running.sandbox.name,
        "isolated": running.sandbox.isolated,
        "data_dir": str(running.settings.data_dir),
        "session": session,
    }


def _tell(running: Running, session: dict[str, Any] | None) -> None:
    echo(f"collabpad {running.server.version}\n")
    pairs = [("For you", operators_url(running, session)), ("For others", _for_others(running))]
    if session is not None:
        pairs += session_links(session)
    print_pairs(pairs)
    if session is not None:
        echo("")
        print_qr(session["editor_url"])
    echo("")
    for line in _remarks(running):
        echo(escaped(line))
    if secrets := [*_secrets(running, session)]:
        echo(f'The link "For you" holds {" and ".join(secrets)}: keep it to yourself.')
    echo("Press Ctrl-C to stop.")


def _secrets(running: Running, session: dict[str, Any] | None) -> Iterator[str]:
    if running.token_needed:
        yield "the operator token"
    if session is not None:
        yield "the session's host key"


def _for_others(running: Running) -> str:
    if running.others_url is not None:
        return running.others_url.rstrip("/") + "/"
    if running.settings.bound_to_loopback:
        return "nobody else can reach this server; --lan lets your network in"
    return "this machine has no network address yet; links name it as soon as there is one"


def _remarks(running: Running) -> list[str]:
    settings = running.settings
    lines = [sandbox_line(running.sandbox), *_keeping(settings)]
    if running.server.fingerprint is not None:
        lines.append(f"The certificate's SHA-256 fingerprint is {running.server.fingerprint}.")
    if settings.tls:
        lines.append(
            "Browsers warn because it is self-signed: compare the fingerprint before you go on."
        )
    if settings.bound_to_loopback:
        return lines
    if settings.no_token:
        lines.append("Everybody who reaches this server may create sessions and run code.")
    lines.append(f"If others cannot open the page, a firewall may block port {settings.port}.")
    if not settings.speaks_tls and not (settings.public_url or "").startswith("https:"):
        lines.append("Traffic is plain HTTP: others on the network can read it.")
    return lines


def _keeping(settings: Settings) -> list[str]:
    if settings.ephemeral:
        return ["Nothing is kept: sessions end with the server."]
    return [
        f"Data is kept in {settings.data_dir}.",
        f"Sessions that nobody uses for {settings.session_ttl:g} days are deleted.",
    ]


def sandbox_line(sandbox: Sandbox) -> str:
    """What keeps programs from doing harm, in one sentence."""
    if sandbox.name == "off":
        return f"Programs cannot be run: {sandbox.reason}"
    line = "Programs run with limits only, NOT isolated: they can read what you can read."
    if sandbox.isolated:
        line = f"Programs run in {sandbox.name}, without network or your files."
    return f"{line} {sandbox.reason}".rstrip()
