"""The types of the wire for the page: writes them into static/js/protocol.js.

    python scripts/wire_types.py            write
    python scripts/wire_types.py --check    fail where the file is not as this would write it

They are made from the classes in collabpad/protocol, with the comments beside their fields.
"""

from __future__ import annotations

import ast
import inspect
import re
import sys
from collections.abc import Mapping, Sequence
from dataclasses import MISSING, fields
from enum import StrEnum
from pathlib import Path
from types import ModuleType, NoneType, UnionType
from typing import (
    Annotated,
    Any,
    Literal,
    NamedTuple,
    NotRequired,
    Union,
    get_args,
    get_origin,
    get_type_hints,
    is_typeddict,
)

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from collabpad.protocol import answers, enums, server_events, views  # noqa: E402
from collabpad.protocol.client_events import CLIENT_EVENTS  # noqa: E402
from collabpad.protocol.fields import Unset  # noqa: E402
from collabpad.protocol.server_events import SERVER_EVENTS  # noqa: E402

PAGE = ROOT / "collabpad" / "static" / "js" / "protocol.js"
HEAD = (
    "/**\n * The wire on one screen, made from collabpad/protocol by scripts/wire_types.py.\n *\n"
)
TAIL = "// What follows is written by hand.\n"
WIDTH = 100
NOT_FOR_THE_PAGE = {"code_update", "joined", "session_error"}
"""Events for plain clients, and for those that ask for no acknowledgement."""

_SIMPLE = {
    str: "string",
    bytes: "string",  # base64
    bool: "boolean",
    int: "number",
    float: "number",
    object: "unknown",
    NoneType: "null",
}
_LITERALS = {value: name for name, value in vars(enums).items() if get_origin(value) is Literal}


class Source(NamedTuple):
    """What a TypedDict's source says besides types: its base, and its own fields' comments."""

    base: str | None
    about: str
    comments: dict[str, str]


def _sources(module: ModuleType) -> dict[str, Source]:
    text = inspect.getsource(module)
    lines = text.splitlines()
    found = {}
    for node in ast.parse(text).body:
        if isinstance(node, ast.ClassDef) and is_typeddict(getattr(module, node.name)):
            base = ast.unparse(node.bases[0])
            about = (ast.get_docstring(node) or "").partition("\n")[0].rstrip(".")
            own = [each for each in node.body if isinstance(each, ast.AnnAssign)]
            comments = {
                ast.unparse(each.target): "".join(re.findall("  # (.*)", lines[each.lineno - 1]))
                for each in own
            }
            found[node.name] = Source(
                None if base == "TypedDict" else base, about[:1].lower() + about[1:], comments
            )
    return found


SOURCES = {
    name: source
    for module in (views, answers, server_events)
    for name, source in _sources(module).items()
}


class Types:
    """Gathers the named types that others need, each after those that it needs itself."""

    def __init__(self) -> None:
        self.named: dict[str, str] = {}

    def of(self, hint: Any) -> str:
        """A Python type as JSDoc has it."""
        if hint in _SIMPLE:
            return _SIMPLE[hint]
        if hint in _LITERALS:
            return self._choices(_LITERALS[hint], get_args(hint))
        if inspect.isclass(hint) and issubclass(hint, StrEnum):
            return self._choices(hint.__name__, list(hint))
        return self._object(hint) if is_typeddict(hint) else self._composed(hint)

    def _composed(self, hint: Any) -> str:
        origin, arguments = get_origin(hint), get_args(hint)
        if origin is Annotated:
            return self.of(arguments[0])
        if origin is Literal:
            return " | ".join(str(each).lower() for each in arguments)
        inner = [self.of(each) for each in arguments if each not in (Ellipsis, Unset)]
        if origin in (Union, UnionType):
            return " | ".join(inner)
        if origin in (dict, Mapping):
            return f"Record<{', '.join(inner)}>"
        if origin is tuple and Ellipsis not in arguments:
            return f"[{', '.join(inner)}]"
        if origin in (list, tuple, Sequence):
            return f"{inner[0]}[]"
        raise TypeError(f"no JSDoc for {hint}")

    def _choices(self, name: str, values: Sequence[str]) -> str:
        choices = " | ".join(f'"{each}"' for each in values)
        self.named[name] = _wrapped(f"@typedef {{{choices}}} {name}")
        return name

    def _object(self, kind: Any) -> str:
        name: str = kind.__name__
        if name in self.named:
            return name
        base, about, comments = SOURCES[name]
        hints = get_type_hints(kind, include_extras=True)
        comments = {each: text or _described(hints[each]) for each, text in comments.items()}
        if base is not None:
            base = self.of(vars(sys.modules[kind.__module__])[base])
            own = ", ".join(self._field(kind, each, hints[each]) for each in comments)
            told = [f"`{each}`: {text}" for each, text in comments.items() if text]
            more = "; ".join([about, *told] if about else told)
            self.named[name] = _wrapped(f"@typedef {{{base} & {{{own}}}}} {name}", more)
            return name
        lines = [_wrapped(f"@typedef {{object}} {name}", about)]
        for each, comment in comments.items():
            shown, _, kind_shown = self._field(kind, each, hints[each]).partition(": ")
            shown = f"[{shown[:-1]}]" if shown.endswith("?") else shown
            lines.append(_wrapped(f"@property {{{kind_shown}}} {shown}", comment))
        self.named[name] = "\n".join(lines)
        return name

    def _field(self, kind: Any, name: str, hint: Any) -> str:
        not_required = get_origin(hint) is NotRequired
        inner = self.of(get_args(hint)[0] if not_required else hint)
        return f"{name}{'?' if not_required or not kind.__total__ else ''}: {inner}"

    def sent(self, kind: Any) -> str:
        """What the page sends with an event, but for the session's ID."""
        hints = get_type_hints(kind)
        parts = [
            f"{each.name}{'' if each.default is MISSING else '?'}: {self.of(hints[each.name])}"
            for each in fields(kind)
            if each.name != "session_id"
        ]
        return f"{{{', '.join(parts)}}}"


def _described(hint: Any) -> str:
    """What a string in `Annotated` says, as a part of a sentence."""
    extras = get_args(hint)[1:] if get_origin(hint) is Annotated else ()
    texts = [each for each in extras if isinstance(each, str)]
    return "".join(each[0].lower() + each[1:-1] for each in texts)


def _wrapped(text: str, about: str = "") -> str:
    text = f" * {text}{about and '  ' + about}"
    lines = []
    while len(text) > WIDTH:
        at = text.rindex(" ", 0, WIDTH + 1)
        lines.append(text[:at])
        text = " *   " + text[at + 1 :]
    return "\n".join([*lines, text])


def _table(name: str, about: str, rows: Mapping[str, str]) -> str:
    properties = [_wrapped(f"@property {{{kind}}} {event}") for event, kind in rows.items()]
    return "\n".join([_wrapped(f"@typedef {{object}} {name}", about), *properties])


def written(current: str) -> str:
    """protocol.js as it should be: what is made, and then what `current` has written by hand."""
    types = Types()
    heard = {name: each for name, each in SERVER_EVENTS.items() if name not in NOT_FOR_THE_PAGE}
    tables = [
        _table(
            "ServerEvents",
            "what comes with each event of the server",
            {name: types.of(each.payload) for name, each in heard.items()},
        ),
        _table(
            "ClientEvents",
            "what the page sends with each event of its own",
            {name: types.sent(each) for name, each in CLIENT_EVENTS.items()},
        ),
        _table(
            "Answers",
            "what the acknowledgement of each event holds beside `ok`",
            {name: types.of(each.answer) for name, each in CLIENT_EVENTS.items()},
        ),
    ]
    types.of(views.WireError)
    names = "".join(f'  "{name}",\n' for name in heard)
    return (
        HEAD
        + "\n *\n".join([*types.named.values(), *tables])
        + "\n */\n\n/** @type {readonly (keyof ServerEvents)[]} */\n"
        + f"export const SERVER_EVENTS = Object.freeze([\n{names}]);\n\n"
        + TAIL
        + current.partition(TAIL)[2]
    )


def main(arguments: list[str]) -> int:
    current = PAGE.read_text(encoding="utf-8")
    wanted = written(current)
    if arguments != ["--check"]:
        PAGE.write_text(wanted, encoding="utf-8")
        return 0
    if wanted != current:
        print(f"{PAGE.name} is not what collabpad/protocol says: run scripts/check fix")
    return int(wanted != current)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
