"""The fields of what clients send: whether they may be left out, and how each is checked.

A check raises `BadRequest` or `TooLarge` with a message that goes on from the field's name, such as
"must be a string"; `parsing.py` puts the name in front.
"""

from __future__ import annotations

import base64
import binascii
import unicodedata
from collections.abc import Callable
from dataclasses import field
from datetime import UTC, datetime
from enum import StrEnum
from functools import partial
from typing import Any, Final

from ..errors import BadRequest, TooLarge
from ..invisible import hides_something, shows_something
from ..settings import Limits
from .enums import Activity, JoinPolicy, RunPolicy, Which, WriteMode
from .views import Cursor, TextRange

Check = Callable[[object, Limits], object]
"""Takes what a client sent and returns its clean value; raises `BadRequest` or `TooLarge`."""

NAME_LENGTH: Final = 40
TITLE_LENGTH: Final = 120
PASSCODE_LENGTH: Final = 128
MAX_CARETS: Final = 50  # of one person, besides the main one
MAX_IN_ORDER: Final = 1000
"""People in a rotation order; a session remembers fewer."""
MAX_TURN: Final = 120  # minutes
TOKEN_LENGTH: Final = 256  # IDs, keys and resume tokens; ours are far shorter
MAX_PARTS: Final = 10  # code points of one character, on average
MAX_STATE_VECTOR: Final = 256 * 1024  # about 30,000 clients; reading one takes 100 ms
MAX_CLOCK: Final = 2**53 - 1  # the largest integer that JavaScript holds exactly


class Unset:
    """Stands for a field that the sender left out, where null has a meaning of its own."""


UNSET: Final = Unset()


def required(check: Check) -> Any:
    """A field that must be there."""
    return field(metadata={"check": check})


def optional(check: Check, default: object = None) -> Any:
    """A field that may be left out; null counts as left out, unless the default is UNSET."""
    return field(default=default, metadata={"check": check})


# --- checks of single values ----------------------------------------------------------------------


def string(value: object) -> str:
    if not isinstance(value, str):
        raise BadRequest("must be a string")
    try:
        value.encode()
    except UnicodeEncodeError:
        raise BadRequest("holds half of a surrogate pair") from None
    return value


def opaque(value: object, _limits: Limits) -> str:
    """An ID, key or token of ours. It is only compared."""
    text = string(value)
    if not 0 < len(text) <= TOKEN_LENGTH:
        raise BadRequest(f"must have 1 to {TOKEN_LENGTH} characters")
    return text


_CURSOR_FIELDS: Final = frozenset({"anchor", "head", "others"})
_BIDI = frozenset(
    map(chr, (0x061C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A)))
)


def _line(value: object, longest: int) -> str:
    given = string(value)
    # The time to normalise grows with the square of the marks in a row: minutes for a full frame.
    if len(given) <= MAX_PARTS * longest:
        given = unicodedata.normalize("NFC", given)
    text = given.strip()
    if not 1 <= len(text) <= longest:
        raise BadRequest(f"must have 1 to {longest} characters")
    # In `given`, not in `text`: trimming also takes away line ends and separators.
    if any(unicodedata.category(char) in ("Cc", "Zl", "Zp") or char in _BIDI for char in given):
        raise BadRequest("must not hold control, line separator or text direction characters")
    return text


def _visible_line(value: object, longest: int) -> str:
    text = _line(value, longest)
    if hides_something(text):
        raise BadRequest("must not hold invisible characters")
    if not shows_something(text):
        raise BadRequest("must not be blank")
    return text


def name(value: object, _limits: Limits) -> str:
    """A participant's name, normalised; 1 to 40 characters of one line."""
    return _visible_line(value, NAME_LENGTH)


def past_name(value: object, _limits: Limits) -> str:
    """The author of something old: the rules for names were others then."""
    return _line(value, NAME_LENGTH)


def title(value: object, _limits: Limits) -> str:
    return _visible_line(value, TITLE_LENGTH)


def passcode(value: object, _limits: Limits) -> str:
    return _visible_line(value, PASSCODE_LENGTH)


def given_passcode(value: object, _limits: Limits) -> str:
    """A passcode that somebody tries; old ones may break today's rules."""
    return _line(value, PASSCODE_LENGTH)


def passcode_or_none(value: object, limits: Limits) -> str | None:
    return None if value is None or value == "" else passcode(value, limits)


def message(value: object, limits: Limits) -> str:
    """A chat message: not blank, no controls but newline and tab."""
    text = string(value)
    if len(text) > limits.message:
        raise TooLarge(f"is longer than {limits.message} characters; send it in parts")
    if not text.strip():
        raise BadRequest("must not be blank")
    if any(unicodedata.category(char) == "Cc" and char not in "\n\t" for char in text):
        raise BadRequest("must not hold control characters")
    return text


def document_text(value: object, limits: Limits) -> str:
    """A whole document, with `\\n` alone as line end."""
    text = normalize_lines(string(value))
    if len(text) > limits.document or len(text.encode()) > limits.document:
        raise TooLarge(f"is larger than {limits.document} bytes, the most that a document may have")
    return text


def normalize_lines(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text


def _sized(value: object, limits: Limits, *, size: str) -> str:
    text = string(value)
    most: int = getattr(limits, size)
    if len(text) > most or len(text.encode()) > most:
        raise TooLarge(f"is larger than {most} bytes")
    return text


run_code: Check = partial(_sized, size="run_code")
stdin: Check = partial(_sized, size="stdin")


def base64_bytes(value: object, limits: Limits) -> bytes:
    text = string(value)
    if len(text) > (limits.update + 2) * 4 // 3 + 4:
        raise TooLarge(f"is larger than {limits.update} bytes; send it in parts")
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise BadRequest("must be standard base64 text") from None
    if len(data) > limits.update:
        raise TooLarge(f"is larger than {limits.update} bytes; send it in parts")
    return data


def state_vector(value: object, limits: Limits) -> bytes:
    if isinstance(value, str) and len(value) > MAX_STATE_VECTOR * 4 // 3:
        raise TooLarge(f"is larger than {MAX_STATE_VECTOR} bytes")
    return base64_bytes(value, limits)


def crc32(value: object, _limits: Limits) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < 2**32:
        raise BadRequest("must be a CRC-32, a whole number of 32 bits")
    return value


def tab(value: object, limits: Limits) -> str | bool:
    """True, or the client's name for one of its tabs."""
    return value if isinstance(value, bool) else opaque(value, limits)


def flag(value: object, _limits: Limits) -> bool:
    if not isinstance(value, bool):
        raise BadRequest("must be true or false")
    return value


def _one_of(value: object, _limits: Limits, *, kind: type[StrEnum]) -> StrEnum:
    if not isinstance(value, str) or value not in kind.__members__.values():
        raise BadRequest("must be one of: " + ", ".join(kind))
    return kind(value)


def _clock(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= MAX_CLOCK


def _relative_position(value: object) -> dict[str, object]:
    """A Yjs relative position in `content`, as JSON: at an item, or at the end."""
    if not isinstance(value, dict) or not value.keys() <= {"type", "tname", "item", "assoc"}:
        raise BadRequest("must hold Yjs relative positions")
    clean: dict[str, object] = {}
    for part in ("type", "item"):
        ident = value.get(part)
        if ident is None:
            continue
        if (
            not isinstance(ident, dict)
            or ident.keys() != {"client", "clock"}
            or not all(map(_clock, ident.values()))
        ):
            raise BadRequest("must hold Yjs relative positions")
        clean[part] = {"client": ident["client"], "clock": ident["clock"]}
    if value.get("tname") is not None:
        if value["tname"] != "content":
            raise BadRequest("must point into the text `content`")
        clean["tname"] = "content"
    assoc = value.get("assoc", 0)
    if isinstance(assoc, bool) or not isinstance(assoc, int) or assoc not in (-1, 0):
        raise BadRequest("must hold Yjs relative positions")
    clean["assoc"] = assoc
    if not clean.keys() & {"type", "item", "tname"}:
        raise BadRequest("must hold Yjs relative positions")
    return clean


def text_range(value: object, _limits: Limits) -> TextRange:
    if not isinstance(value, dict) or value.keys() != {"anchor", "head"}:
        raise BadRequest("must be {anchor, head}")
    return {
        "anchor": _relative_position(value["anchor"]),
        "head": _relative_position(value["head"]),
    }


def cursor(value: object, limits: Limits) -> Cursor | None:
    """The main caret or selection; `others` are the rest of a multiple selection."""
    if value is None:
        return None
    if not isinstance(value, dict) or not {"anchor", "head"} <= value.keys() <= _CURSOR_FIELDS:
        raise BadRequest("must be {anchor, head, others?} or null")
    place: Cursor = {
        "anchor": _relative_position(value["anchor"]),
        "head": _relative_position(value["head"]),
    }
    others = value.get("others")
    if others is not None:
        if not isinstance(others, list) or len(others) > MAX_CARETS:
            raise BadRequest(f"must have at most {MAX_CARETS} `others`")
        place["others"] = [text_range(each, limits) for each in others]
    return place


def rotation_minutes(value: object, _limits: Limits) -> int | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= MAX_TURN:
        raise BadRequest(f"must be a whole number from 1 to {MAX_TURN}, or null")
    return value


def rotation_order(value: object, limits: Limits) -> tuple[str, ...]:
    """Participant IDs, each once. Unknown ones are ignored."""
    if not isinstance(value, list) or len(value) > MAX_IN_ORDER:
        raise BadRequest(f"must be a list of at most {MAX_IN_ORDER} participant IDs")
    order = tuple(opaque(each, limits) for each in value)
    if len(set(order)) != len(order):
        raise BadRequest("must name everybody once")
    return order


write_mode: Check = partial(_one_of, kind=WriteMode)
run_policy: Check = partial(_one_of, kind=RunPolicy)
join_policy: Check = partial(_one_of, kind=JoinPolicy)
activity: Check = partial(_one_of, kind=Activity)
which: Check = partial(_one_of, kind=Which)


def encode_bytes(data: bytes) -> str:
    """A Yjs byte string on the wire: standard base64 text."""
    return base64.b64encode(data).decode("ascii")


def encode_time(seconds: float) -> str:
    """Seconds since the epoch as they travel: ISO 8601 in UTC, to the millisecond."""
    moment = datetime.fromtimestamp(seconds, UTC)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
