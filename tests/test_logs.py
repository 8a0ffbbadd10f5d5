"""A log line is one line, obeys nobody, and has a traceback only for who asked."""

from __future__ import annotations

import logging
import sys

import pytest

from collabpad.logs import LineFormatter, cause, escaped
from collabpad.runtime import publish


def line(message: str, *, tracebacks: bool, failing: bool = False) -> str:
    try:
        if failing:
            raise ValueError("bad\nvalue")
        info = None
    except ValueError:
        info = sys.exc_info()
    record = logging.LogRecord("collabpad", logging.ERROR, __file__, 1, message, (), info)
    return LineFormatter(tracebacks=tracebacks).format(record)


@pytest.mark.parametrize(
    "evil", ["\n", "\r", "\x1b[2J", "\x9b", "\u202e", "\u2028", "\x00", "\x7f"]
)
def test_what_a_terminal_obeys_is_written_out(evil: str) -> None:
    shown = escaped(f"a{evil}b")
    assert evil[0] not in shown
    assert shown.startswith("a\\")
    assert evil[0] not in line(f"a{evil}b", tracebacks=False)


def test_ordinary_text_of_any_language_stays() -> None:
    assert escaped("Grüße, 世界 👩‍💻") == "Grüße, 世界 👩‍💻"


def test_a_failure_is_one_line() -> None:
    shown = line("Storing failed", tracebacks=False, failing=True)
    assert shown.endswith("Storing failed: ValueError: bad\\nvalue")
    assert "Traceback" not in shown


def test_at_debug_it_has_its_traceback() -> None:
    shown = line("Storing failed", tracebacks=True, failing=True)
    assert "Traceback" in shown
    assert "test_logs.py" in shown


def test_a_cause_names_the_place_in_this_package() -> None:
    with pytest.raises(AttributeError) as caught:
        publish(None, 1, None)  # type: ignore[arg-type]
    assert "(at locks.py:" in cause(caught.value)
