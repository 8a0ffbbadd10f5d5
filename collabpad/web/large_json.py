"""JSON of many mebibytes, read in steps.

Python's JSON parser lets nobody else run before it is done, in whatever thread it is called. Here
it is called for one element of a list at a time.
"""

from __future__ import annotations

import re
from json.decoder import scanstring  # type: ignore[attr-defined]  # not in typeshed
from typing import Any, Final

from ..errors import BadRequest
from ..wire.packets import DECODER, STRING, count_values

_SPACE: Final = re.compile(r"[ \t\n\r]*")
_NOT_JSON: Final = "This is not valid JSON."


def parse_large_json(raw: bytes, most_values: int) -> object:
    """Parse JSON, its lists in steps; nothing at all is an empty object.

    Raises BadRequest for invalid JSON, and for more values than `most_values`.
    """
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise BadRequest("The body must be JSON, as UTF-8.") from None
    if not text.strip():
        return {}
    _check_size(text, most_values)
    try:
        value, end = _outermost(text, _after_space(text, 0))
    except BadRequest:
        raise
    except (ValueError, IndexError, StopIteration, RecursionError):
        raise BadRequest(_NOT_JSON) from None
    if _after_space(text, end) != len(text):
        raise BadRequest(_NOT_JSON)
    return value


def _check_size(text: str, most: int) -> None:
    if count_values(text) <= most:
        return
    in_strings = sum(count_values(found[0]) for found in STRING.finditer(text))
    if count_values(text) - in_strings > most:
        raise BadRequest("The JSON holds too many values.")


def _after_space(text: str, at: int) -> int:
    found = _SPACE.match(text, at)
    return at if found is None else found.end()


def _expect(text: str, at: int, char: str) -> int:
    """The position after `char` and the space around it."""
    at = _after_space(text, at)
    if text[at] != char:
        raise ValueError(char)
    return _after_space(text, at + 1)


def _outermost(text: str, at: int) -> tuple[object, int]:
    kinds = {"{": _object, "[": _list}
    return kinds.get(text[at], DECODER.raw_decode)(text, at)


def _object(text: str, at: int) -> tuple[dict[str, Any], int]:
    found: dict[str, Any] = {}
    at = _expect(text, at, "{")
    if text[at] == "}":
        return found, at + 1
    while True:
        if text[at] != '"':
            raise ValueError(at)
        key, at = scanstring(text, at + 1, True)
        at = _expect(text, at, ":")
        found[key], at = _list(text, at) if text[at] == "[" else DECODER.raw_decode(text, at)
        at = _after_space(text, at)
        if text[at] == "}":
            return found, at + 1
        at = _expect(text, at, ",")


def _list(text: str, at: int) -> tuple[list[Any], int]:
    found: list[Any] = []
    at = _expect(text, at, "[")
    if text[at] == "]":
        return found, at + 1
    while True:
        value, at = DECODER.raw_decode(text, at)
        found.append(value)
        at = _after_space(text, at)
        if text[at] == "]":
            return found, at + 1
        at = _expect(text, at, ",")
