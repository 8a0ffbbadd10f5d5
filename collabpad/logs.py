"""What the server logs: one line a record, to stderr, with nothing in it that a terminal obeys."""

from __future__ import annotations

import logging
import re
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

PACKAGE: Final = Path(__file__).parent
CONTROLS: Final = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]")


def escaped(text: str) -> str:
    """`text` on one line, its controls (C0, C1, bidi, line separators) written out."""
    return CONTROLS.sub(lambda found: found[0].encode("unicode_escape").decode(), text)


class LineFormatter(logging.Formatter):
    """One line a record; a whole traceback only where it was asked for, by the level debug."""

    def __init__(self, *, tracebacks: bool) -> None:
        super().__init__("%(asctime)s %(levelname)-7s %(message)s", "%Y-%m-%d %H:%M:%S")
        self._tracebacks = tracebacks

    def format(self, record: logging.LogRecord) -> str:
        record.message = record.getMessage()
        record.asctime = self.formatTime(record, self.datefmt)
        line = self.formatMessage(record)
        if not record.exc_info or record.exc_info[1] is None:
            return escaped(line)
        error = record.exc_info[1]
        if not self._tracebacks:
            return escaped(f"{line}: {cause(error)}")
        frames = "".join(traceback.format_exception(error)).rstrip().splitlines()
        return "\n".join(map(escaped, [line, *frames]))


def cause(error: BaseException) -> str:
    """What went wrong, and where in this package, on one line."""
    told = f"{type(error).__name__}: {error}"
    for frame in reversed(traceback.extract_tb(error.__traceback__)):
        if Path(frame.filename).is_relative_to(PACKAGE):
            return f"{told} (at {Path(frame.filename).relative_to(PACKAGE)}:{frame.lineno})"
    return told


class _Memory(logging.Handler):
    def __init__(self) -> None:
        super().__init__()
        self.records: list[logging.LogRecord] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.records.append(record)


@contextmanager
def logging_later() -> Iterator[None]:
    """Hold log records back until the end, so that they do not mix with printed output."""
    root = logging.getLogger()
    memory = _Memory()
    before, root.handlers[:] = [*root.handlers], [memory]
    try:
        yield
    finally:
        root.handlers[:] = before
        for record in memory.records:
            root.handle(record)


def start_logging(level: str) -> None:
    """Send all logs to stderr, this package's from `level` on, the libraries' from warnings on."""
    handler = logging.StreamHandler()
    handler.setFormatter(LineFormatter(tracebacks=level == "debug"))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(max(logging.WARNING, logging.getLevelName(level.upper())))
    logging.getLogger("collabpad").setLevel(level.upper())
