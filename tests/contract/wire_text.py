"""What docs/protocol.md says of the wire: its tables, and what stands in backticks."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import NamedTuple

TEXT = (Path(__file__).parent.parent.parent / "docs" / "protocol.md").read_text(encoding="utf-8")
_CODE = re.compile(r"`([^`]+)`")
_WORD = re.compile(r"[A-Za-z_]\w*")
_BRACES = re.compile(r"\{(.*)\}", re.DOTALL)


@dataclass
class Event:
    """One event as the text tells of it: the fields in braces, and which of them may be missing."""

    fields: set[str] = field(default_factory=set)
    optional: set[str] = field(default_factory=set)
    declared: bool = False  # whether its fields are given at all


@cache
def paragraphs() -> list[str]:
    """Rows of tables, items of lists, and whatever else stands together."""
    found: list[str] = []
    for line in TEXT.splitlines():
        starts = not line.strip() or re.match(r"\||- |#|  +- ", line)
        if starts or not found or found[-1].startswith(("|", "#")):
            found.append(line)
        else:
            found[-1] += " " + line.strip()
    return found


def names(text: str) -> list[str]:
    """What stands in backticks and is one name."""
    return [each for each in _CODE.findall(text) if _WORD.fullmatch(each)]


def words(text: str) -> set[str]:
    """Every word of everything that stands in backticks."""
    return {word for code in _CODE.findall(text) for word in _WORD.findall(code)}


@cache
def about(name: str) -> set[str]:
    """Every word in backticks where `name` stands in backticks too."""
    return {
        word for paragraph in paragraphs() if name in words(paragraph) for word in words(paragraph)
    }


def braces(text: str) -> tuple[set[str], set[str]]:
    """The names on the first level of `{a, b?, c: value}`, and those that may be missing."""
    inner = _BRACES.search(text)
    if inner is None:
        raise AssertionError(f"no braces in {text!r}")
    parts = _split(inner[1])
    fields = [part.partition(":")[0].strip().strip('"') for part in parts]
    fields = [each for each in fields if each and each != "…"]
    return {each.rstrip("?") for each in fields}, {each[:-1] for each in fields if each[-1] == "?"}


def _split(text: str) -> list[str]:
    parts, depth, start = [], 0, 0
    for at, char in enumerate(text):
        depth += (char in "{[") - (char in "}]")
        if char == "," and not depth:
            parts.append(text[start:at])
            start = at + 1
    return [*parts, text[start:]]


def after(anchor: str) -> set[str]:
    """The names in the first braces after `anchor`."""
    _, found, rest = TEXT.partition(anchor)
    if not found:
        raise AssertionError(f"docs/protocol.md has lost the words {anchor!r}")
    code = next(each for each in _CODE.findall(rest) if each.startswith("{"))
    return braces(code)[0]


class Events(NamedTuple):
    clients: dict[str, Event]
    server: dict[str, Event]


def events() -> Events:
    clients: dict[str, Event] = {}
    server: dict[str, Event] = {}
    into = server
    for paragraph in paragraphs():
        if paragraph.startswith(("### Client to server", "| event from a client")):
            into = clients
        elif paragraph.startswith(("### Server to clients", "| event to clients", "## ")):
            into = server
        if re.match(r"\| `(?!GET|POST|DELETE)", paragraph):
            first, second = _cells(paragraph)[:2]
            for name in names(first):
                _declare(into, name, second)
        _read_prose(paragraph, clients, server)
    return Events(clients, server)


def _read_prose(paragraph: str, clients: dict[str, Event], server: dict[str, Event]) -> None:
    """Events with their fields outside of tables."""
    for name, fields in re.findall(r"`(\w+)`(?:\*\*)? `(\{session_id[^`]*\})`", paragraph):
        _declare(clients, name, fields)
    bold = re.findall(r"^- \*\*`(\w+)`\*\*(?: `(\{[^`]*\})`)?", paragraph)
    for name, fields in [*bold, *re.findall(r"`(\w+) (\{[^`]*\})`", paragraph)]:
        if name not in clients and name not in server:
            _declare(server, name, fields)


def _cells(row: str) -> list[str]:
    return [each.strip() for each in re.split(r"(?<!\\)\|", row.strip().strip("|"))]


def _declare(into: dict[str, Event], name: str, text: str) -> None:
    event = into.setdefault(name, Event())
    code = next((each for each in _CODE.findall(text) if each.startswith("{")), None)
    if code is None and text.startswith("{"):
        code = text
    if code is not None and not event.declared:
        event.fields, event.optional = braces(code)
        event.declared = True


def routes() -> set[tuple[str, str]]:
    """Every `METHOD /path` in the text, its parameters as OpenAPI writes them."""
    found = re.findall(r"`(GET|POST|DELETE|PUT|PATCH) (/[^`\s?]*)", TEXT)
    return {(method, re.sub(r"<(\w+)>", r"{\1}", path)) for method, path in found}


def error_codes() -> set[str]:
    """What the sentences `Error codes: …` name."""
    found = re.findall(r"^Error codes.*?\.$", TEXT, re.MULTILINE | re.DOTALL)
    return {name for each in found for name in names(each)}


def statuses() -> dict[int, set[str]]:
    """The error codes of each HTTP status, as the table has them."""
    rows = (_cells(each) for each in paragraphs() if re.match(r"\| \d{3} \|", each))
    return {int(status): set(names(codes)) for status, codes, *_ in rows}
