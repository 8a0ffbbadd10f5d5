"""What flags, the environment and config.toml say of each setting, checked.

The only reader of COLLABPAD_* variables and of the config file. Raises UsageProblem, naming the
source, for values that cannot be and for unknown settings.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import Field, dataclass, fields
from enum import IntEnum
from pathlib import Path
from typing import Any, Final

from .coercion import coerce
from .errors import StartError, UsageProblem
from .language_settings import LanguageSettings, parse_language
from .paths import here
from .settings import Limits, Settings

PREFIX: Final = "COLLABPAD_"
CONFIG_VARIABLE: Final = "COLLABPAD_CONFIG"
"""Names a config file to read instead of the one in the user's config folder."""
SERVER_VARIABLE: Final = "COLLABPAD_SERVER"
"""The server that the commands speak to, as by --server; no setting of a server itself."""


class Precedence(IntEnum):
    """Which source wins when several set a value."""

    DEFAULT = 0
    FILE = 1
    ENVIRONMENT = 2
    FLAG = 3


@dataclass(frozen=True)
class Choice:
    """A setting's value and its source: a flag, a variable, a file or the default."""

    value: Any
    rank: Precedence
    source: str


def all_settings() -> Iterator[tuple[str, Field[Any]]]:
    """The name and field of each setting with one value, in the order in which they are shown."""
    for field in fields(Settings):
        if field.name not in ("limits", "languages"):
            yield field.name, field
    for field in fields(Limits):
        yield f"limits.{field.name}", field


def variable(name: str) -> str:
    """The environment variable of a setting."""
    return PREFIX + name.replace(".", "_").upper()


def from_flags(flags: Mapping[str, Any]) -> dict[str, Choice]:
    """What was typed; the names are those of settings."""
    known = dict(all_settings())
    chosen = {}
    for name, value in flags.items():
        flag = str(known[name].metadata.get("flag") or f"--{name}").partition("/")
        source = flag[2] if flag[2] and value is False else flag[0]
        chosen[name] = Choice(_parsed(known[name], value, source, here()), Precedence.FLAG, source)
    return chosen


def from_environment(environ: Mapping[str, str]) -> dict[str, Choice]:
    """What COLLABPAD_* variables say. Raises UsageProblem for unknown ones."""
    known = {variable(name): (name, field) for name, field in all_settings()}
    chosen = {}
    for key in sorted(environ):
        if not key.startswith(PREFIX) or key in (CONFIG_VARIABLE, SERVER_VARIABLE):
            continue
        if key not in known:
            raise UsageProblem(
                f"The variable {key} is not a collabpad setting.{_nearest(key, known)}"
            )
        name, field = known[key]
        value = _parsed(field, environ[key], key, here())
        chosen[name] = Choice(value, Precedence.ENVIRONMENT, key)
    return chosen


def from_file(path: Path, *, explicit: bool) -> dict[str, Choice]:
    """What config.toml says; one that was named (`explicit`) must exist."""
    known = dict(all_settings())
    chosen = {}
    table = _read_toml(path, explicit=explicit)
    for language in _languages(table.pop("languages", {}), path):
        chosen[f"languages.{language.id}"] = Choice(language, Precedence.FILE, str(path))
    for name, value in _flattened(table):
        if name == "token":
            raise UsageProblem(f"{path} must not contain the token itself: use token_file.")
        if name not in known:
            raise UsageProblem(
                f"{name} in {path} is not a collabpad setting.{_nearest(name, known)}"
            )
        parsed = _parsed(known[name], value, f"{name} in {path}", path.parent)
        chosen[name] = Choice(parsed, Precedence.FILE, str(path))
    return chosen


def _languages(tables: Any, path: Path) -> Iterator[LanguageSettings]:
    if not isinstance(tables, dict):
        raise UsageProblem(f"languages in {path} must be tables such as [languages.awk].")
    for name, table in tables.items():
        source = f"languages.{name} in {path}"
        try:
            yield parse_language(name, table, source)
        except ValueError as error:
            raise UsageProblem(f"{source}: {error}.") from None


def _read_toml(path: Path, *, explicit: bool) -> dict[str, Any]:
    try:
        text = path.read_text(encoding="utf-8-sig")  # Windows' editors begin files with a mark
    except FileNotFoundError:
        if explicit:
            raise UsageProblem(f"{CONFIG_VARIABLE} names {path}, which does not exist.") from None
        return {}
    except (OSError, UnicodeDecodeError) as error:
        raise StartError(f"The config file {path} cannot be read: {_reason(error)}.") from None
    import tomllib

    try:
        return tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        raise UsageProblem(f"The config file {path} is not valid TOML: {error}.") from None


def _reason(error: Exception) -> str:
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return "it is not UTF-8 text (save it as UTF-8)"


def _flattened(table: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for key, value in table.items():
        if key == "limits" and isinstance(value, dict):
            yield from ((f"limits.{name}", limit) for name, limit in value.items())
        else:
            yield key, value


def _nearest(name: str, known: Mapping[str, object]) -> str:
    import difflib

    close = difflib.get_close_matches(name, known, n=1)
    return f" Did you mean {close[0]}?" if close else ""


def _parsed(field: Field[Any], value: Any, source: str, folder: Path) -> Any:
    """`value`, as text or as TOML gives it, in the field's type and within its bounds."""
    try:
        parsed = coerce(str(field.type), value, folder)
        rules = field.metadata
        if rules.get("choices") and parsed not in rules["choices"]:
            raise ValueError("must be one of " + ", ".join(rules["choices"]))
        if rules.get("low") is not None and not rules["low"] <= parsed <= rules["high"]:
            raise ValueError(f"must be from {rules['low']} to {rules['high']}")
        return rules["check"](parsed) if rules.get("check") else parsed
    except ValueError as error:
        shown = "" if field.name == "token" else f", not {_shown(value)}"
        raise UsageProblem(f"{source} {error}{shown}.") from None


def _shown(value: Any) -> str:
    try:
        text = repr(value)
    except ValueError:
        return "a number of thousands of digits"
    return text if len(text) <= 60 else text[:57] + "..."
