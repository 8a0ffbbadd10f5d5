"""How commands print: rows for people, JSON for programs, QR codes for phones."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Sequence
from io import StringIO

import click

from ..logs import escaped
from .streams import echo

QUIET_ZONE = 2
"""Modules of white around a QR code; four by the standard, but every scanner takes two."""


def json_option(command: click.decorators.FC) -> click.decorators.FC:
    """Give a command the flag --json."""
    return click.option("--json", "as_json", is_flag=True, help="Print JSON, for programs.")(
        command
    )


def print_json(value: object, *, lines: bool = True) -> None:
    """JSON as people can still read it, or all of it in one line."""
    echo(json.dumps(value, indent=2 if lines else None))


def print_pairs(pairs: Iterable[tuple[str, str]]) -> None:
    """Name and value, one below the other."""
    rows = list(pairs)
    width = max((len(name) for name, _ in rows), default=0)
    for name, value in rows:
        echo(f"{name:<{width}}  {escaped(value)}")


def print_table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Columns as wide as they need be; what came from people or servers is made harmless."""
    lines = [list(heads), *([escaped(cell) for cell in row] for row in rows)]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    for line in lines:
        cells = (cell.ljust(width) for cell, width in zip(line, widths, strict=True))
        echo("  ".join(cells).rstrip())


def print_qr(url: str, *, to_stderr: bool = False) -> None:
    """A QR code of `url`, which must hold no secret: it is shown to a room."""
    stream = sys.stderr if to_stderr else sys.stdout
    if stream is None:
        return
    import segno

    text = StringIO()
    code = segno.make(url, error="l", micro=False)
    if _can_print("\u2580\u2584\u2588", stream.encoding):
        code.terminal(text, border=QUIET_ZONE, compact=True)
        drawing = text.getvalue()
        if stream.isatty():
            drawing = _on_black(drawing)
    else:
        code.terminal(text, border=QUIET_ZONE)
        drawing = text.getvalue()
    echo(drawing, err=to_stderr, nl=False, color=True)


def _on_black(drawing: str) -> str:
    """White on black, whatever the terminal's colours: not every scanner reads an inverted code."""
    return "".join(f"\x1b[97;40m{line}\x1b[0m\n" for line in drawing.splitlines())


def _can_print(text: str, encoding: str | None) -> bool:
    try:
        text.encode(encoding or "ascii")
    except UnicodeEncodeError:
        return False
    return True
