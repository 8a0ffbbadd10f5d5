"""A language of the config file: `[languages.ID]`, checked.

Everything here raises ValueError with the key and what is wrong, such as "run is missing".
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any, Final

EDITOR_MODES: Final = (
    *("c", "cpp", "css", "go", "html", "java", "javascript", "json", "lua", "markdown", "perl"),
    *("php", "python", "ruby", "rust", "shell", "sql", "text", "typescript", "yaml"),
)
"""How the page's editor can treat a text: the modes of `static/js/languages.js`."""
_ID: Final = re.compile(r"[a-z][a-z0-9_+-]{0,31}")
_ENDING: Final = re.compile(r"\.?[A-Za-z0-9_+-]{1,16}")
_VARIABLE: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_LONGEST_NAME: Final = 40
_LONGEST_EXAMPLE: Final = 64 * 1024
_MOST_INDENT: Final = 8
_MOST_SECONDS: Final = 600.0


@dataclass(frozen=True, kw_only=True)
class LanguageSettings:
    """What the config file says of one language; `source` says where, for messages.

    In `run` and `compile`, `{file}` stands for the program's file; their first words are programs
    of this machine, or `./NAME` for what `compile` makes.
    """

    id: str
    source: str
    name: str
    run: tuple[str, ...]
    compile: tuple[str, ...] | None = None
    compile_timeout: float = 10.0  # seconds
    endings: tuple[str, ...]
    aliases: tuple[str, ...] = ()
    mode: str = "text"
    indent: int = 2
    example: str = ""
    environment: Mapping[str, str] = field(default_factory=dict)


def parse_language(language_id: str, table: Any, source: str) -> LanguageSettings:
    """The settings of one language, from its table in the config file."""
    if not _ID.fullmatch(language_id):
        raise ValueError("the ID must begin with a letter and have only a to z, 0 to 9, _, + and -")
    if not isinstance(table, dict):
        raise ValueError("it must be a table such as [languages.awk]")
    for key in table:
        if key not in _PARSERS:
            near = get_close_matches(key, _PARSERS, 1)
            told = f"did you mean {near[0]}?" if near else f"the keys are {', '.join(_PARSERS)}"
            raise ValueError(f"{key} is not a key of a language ({told})")
    for key in ("name", "run"):
        if key not in table:
            raise ValueError(f"{key} is missing")
    given = {"endings": [f".{language_id}"], **table}
    values = {key: _parsed(key, value) for key, value in given.items()}
    language = LanguageSettings(id=language_id, source=source, **values)
    if language.run[0].startswith("./") and language.compile is None:
        raise ValueError("run must begin with a program of this machine, as there is no compile")
    return language


def _parsed(key: str, value: Any) -> Any:
    try:
        return _PARSERS[key](value)
    except ValueError as error:
        raise ValueError(f"{key} {error}") from None


def _name(value: Any) -> str:
    name = value.strip() if isinstance(value, str) else ""
    if not name or len(name) > _LONGEST_NAME or not name.isprintable():
        raise ValueError(f"must be a text of 1 to {_LONGEST_NAME} characters")
    return name


def _command(value: Any) -> tuple[str, ...]:
    try:
        words = shlex.split(value) if isinstance(value, str) else value
    except ValueError:  # a quote that does not end
        words = None
    if not _are_texts(words) or not words or not words[0] or any("\0" in word for word in words):
        raise ValueError('must be a command such as ["awk", "-f", "{file}"]')
    return tuple(words)


def _compile(value: Any) -> tuple[str, ...]:
    command = _command(value)
    if command[0].startswith("./"):
        raise ValueError("must begin with a program of this machine")
    return command


def _endings(value: Any) -> tuple[str, ...]:
    endings = [value] if isinstance(value, str) else value
    if not _are_texts(endings) or not endings or not all(map(_ENDING.fullmatch, endings)):
        raise ValueError('must be a list of endings of file names such as [".awk"]')
    return tuple(dict.fromkeys("." + each.lower().lstrip(".") for each in endings))


def _aliases(value: Any) -> tuple[str, ...]:
    names = [value] if isinstance(value, str) else value
    if not _are_texts(names) or not all(map(_ID.fullmatch, names)):
        raise ValueError('must be a list of other IDs such as ["gawk"]')
    return tuple(dict.fromkeys(names))


def _mode(value: Any) -> str:
    if value not in EDITOR_MODES:
        raise ValueError(f"must be one of {', '.join(EDITOR_MODES)}")
    return str(value)


def _indent(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= _MOST_INDENT:
        raise ValueError(f"must be a number of spaces from 0, which is a tab, to {_MOST_INDENT}")
    return value


def _seconds(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError("must be a number of seconds")
    if not 0.1 <= value <= _MOST_SECONDS:
        raise ValueError(f"must be between 0.1 and {_MOST_SECONDS:g} seconds")
    return float(value)


def _example(value: Any) -> str:
    if not isinstance(value, str) or len(value.encode()) > _LONGEST_EXAMPLE:
        raise ValueError(f"must be a text of at most {_LONGEST_EXAMPLE:,} bytes")
    return value


def _environment(value: Any) -> dict[str, str]:
    if not isinstance(value, dict) or not _are_texts([*value.values()]):
        raise ValueError('must be a table of texts such as {LC_ALL = "C"}')
    if not all(map(_VARIABLE.fullmatch, value)) or any("\0" in text for text in value.values()):
        raise ValueError("must have names of letters, digits and _")
    return dict(value)


def _are_texts(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(each, str) for each in value)


_PARSERS: Final[dict[str, Callable[[Any], Any]]] = {
    "name": _name,
    "run": _command,
    "compile": _compile,
    "compile_timeout": _seconds,
    "endings": _endings,
    "aliases": _aliases,
    "mode": _mode,
    "indent": _indent,
    "example": _example,
    "environment": _environment,
}
