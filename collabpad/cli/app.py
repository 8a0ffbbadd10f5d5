"""The command `collabpad` itself, and the one place where errors become a sentence and a number."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from typing import NoReturn

import click

from .. import __version__
from ..errors import CollabpadError
from .ops import config, status
from .serve import serve
from .sessions import close, join_link, new_session, sessions
from .transfer import export, import_

EPILOG = """\b
Examples:
  collabpad serve --lan --new    serve your network, with a first session
  collabpad new-session --from demo.py --qr
  collabpad sessions
  collabpad status

Every setting can also be an environment variable (COLLABPAD_PORT=5001) or a line in
config.toml; `collabpad config` shows each one and where it comes from.

\b
Shell completion, to be put into the shell's start file:
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

    `collabpad serve` starts the server. The other commands speak to a server that runs on this
    machine, or to the one that --server names.
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
    try:
        code = collabpad.main(arguments, prog_name="collabpad", standalone_mode=False)
        sys.stdout.flush()
    except CollabpadError as error:
        code = _tell(error.message, error.exit_code)
    except click.exceptions.NoArgsIsHelpError as error:
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
        # Who reads has gone, as `head` does; flushing at the end must not fail again.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = 1
    except Exception as error:  # noqa: BLE001  the last door: nobody gets a traceback
        code = _tell_fault(error, sys.argv[1:] if arguments is None else arguments)
    sys.exit(code)


def _tell(message: str, code: int) -> int:
    click.echo(f"collabpad: {message}", err=True)
    return code


def _tell_fault(error: Exception, arguments: Sequence[str]) -> int:
    """Say that collabpad itself is at fault; the whole traceback is for who asks for it."""
    from ..logs import cause

    level = os.environ.get("COLLABPAD_LOG_LEVEL", "")
    if "debug" in (level, *arguments) or "--log-level=debug" in arguments:
        import traceback

        click.echo("".join(traceback.format_exception(error)), err=True)
    return _tell(
        f"a fault of collabpad's own, please report it: {cause(error)}. "
        "COLLABPAD_LOG_LEVEL=debug shows more.",
        1,
    )
