"""The command `collabpad`, and the one place where errors become a sentence and an exit code."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from typing import NoReturn

import click

from .. import __version__
from ..errors import CollabpadError
from ..logs import cause, escaped
from . import streams
from .config import config
from .serve import serve
from .sessions import close, join_link, new_session, sessions
from .status import status
from .transfer import export, import_

EPILOG = """\b
Examples:
  collabpad serve --lan --new    serve your network, with a first session
  collabpad new-session --from demo.py --qr
  collabpad sessions
  collabpad status

You can also set everything by an environment variable (COLLABPAD_PORT=5001) or a line in
config.toml; `collabpad config` shows each setting and its source.

\b
For shell completion, add this to your shell's start file:
  bash:  eval "$(_COLLABPAD_COMPLETE=bash_source collabpad)"
  zsh:   eval "$(_COLLABPAD_COMPLETE=zsh_source collabpad)"
  fish:  _COLLABPAD_COMPLETE=fish_source collabpad | source
"""


@click.group(
    epilog=EPILOG,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(__version__, prog_name="collabpad", message="%(prog)s %(version)s")
def collabpad() -> None:
    """Write code together on your own network: one link, one editor, one pen.

    `collabpad serve` starts the server. The other commands talk to the server on this machine, or
    to the one given with --server.
    """


_COMMANDS = (
    serve,
    new_session,
    join_link,
    sessions,
    close,
    export,
    import_,
    status,
    config,
)
for command in _COMMANDS:
    collabpad.add_command(command)


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run the command line and end the process with the exit code that the errors define."""
    streams.prepare()
    try:
        code = collabpad.main(arguments, prog_name="collabpad", standalone_mode=False)
        streams.flush()
    except CollabpadError as error:
        code = _tell(error.message, error.exit_code)
    except click.exceptions.NoArgsIsHelpError as error:
        with suppress(OSError):
            error.show()
        code = error.exit_code
    except click.UsageError as error:
        path = error.ctx.command_path if error.ctx else "collabpad"
        code = _tell(f"{error.format_message()} Try: {path} --help", error.exit_code)
    except click.ClickException as error:
        code = _tell(error.format_message(), error.exit_code)
    except (KeyboardInterrupt, click.Abort):
        code = 130
    except BrokenPipeError:
        code = 1  # the reader has gone, as `head` does
    except OSError as error:
        code = _tell(_plain(error), 1, error)
    except Exception as error:  # noqa: BLE001  the last door: nobody gets a traceback
        code = _tell(_fault(error), 1, error)
    streams.abandon()
    sys.exit(code)


def _tell(message: str, code: int, error: Exception | None = None) -> int:
    """Print in one line what went wrong; with the log level debug, the traceback of `error` too."""
    level = os.environ.get("COLLABPAD_LOG_LEVEL", "")
    with suppress(OSError, streams.OutputError):  # there is nobody left to tell
        if error and ("debug" in (level, *sys.argv) or "--log-level=debug" in sys.argv):
            import traceback

            streams.echo("".join(traceback.format_exception(error)), err=True)
        streams.echo(f"collabpad: {escaped(message)}", err=True)
    return code


def _plain(error: OSError) -> str:
    """What the operating system refused where nothing closer to it knew better words."""
    reason = error.strerror or type(error).__name__
    return f"{error.filename or 'A file or stream'} cannot be used: {reason}."


def _fault(error: Exception) -> str:
    """The message for a bug in collabpad."""
    return (
        f"an internal error of collabpad, please report it: {cause(error)}. "
        "COLLABPAD_LOG_LEVEL=debug shows more."
    )
