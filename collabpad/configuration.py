"""Where each setting comes from: a flag, else the environment, else config.toml, else its default.

The only reader of COLLABPAD_* variables and of the config file. `resolve` gives the settings
together with the source of each, and raises UsageProblem, naming that source, for what cannot be.
"""

from __future__ import annotations

import os
import re
import warnings
from collections.abc import Callable, Iterator, Mapping
from dataclasses import Field, dataclass, fields
from enum import IntEnum
from pathlib import Path
from typing import Any, Final

from .coercion import coerce
from .errors import StartError, UsageProblem
from .language_settings import LanguageSettings, parse_language
from .paths import here
from .settings import ANY_ADDRESS, Limits, Settings

PREFIX: Final = "COLLABPAD_"
CONFIG_VARIABLE: Final = "COLLABPAD_CONFIG"
"""Names a config file to read instead of the one in the user's config folder."""
SERVER_VARIABLE: Final = "COLLABPAD_SERVER"
"""The server that the commands speak to, as by --server; no setting of a server itself."""


class Precedence(IntEnum):
    """Who wins when several say something."""

    DEFAULT = 0
    FILE = 1
    ENVIRONMENT = 2
    FLAG = 3


@dataclass(frozen=True)
class Choice:
    """A setting's value, and who chose it: a flag, a variable, a file or nobody."""

    value: Any
    rank: Precedence
    source: str


@dataclass(frozen=True)
class Configuration:
    """The settings in force, and the choice of each by its name (`limits.document` for Limits)."""

    settings: Settings
    choices: dict[str, Choice]
    config_file: Path | None
    """None where no folder is known in which there could be one."""


def resolve(flags: Mapping[str, Any], environ: Mapping[str, str] | None = None) -> Configuration:
    """The settings in force; `flags` holds, by a setting's name, what was typed and nothing else.

    Raises UsageProblem for values that cannot be, unknown settings and contradictions,
    StartError for a config file that cannot be read.
    """
    env = os.environ if environ is None else environ
    config_file = _config_file(env)
    choices = {
        name: Choice(field.default, Precedence.DEFAULT, "default") for name, field in all_settings()
    }
    if config_file is not None:
        choices |= _from_file(config_file, explicit=CONFIG_VARIABLE in env)
    choices |= _from_environment(env)
    choices |= _from_flags(flags)
    _settle_lan(choices)
    _settle_pair(choices, "token", "token_file")
    _settle_pair(choices, "no_token", "token_file")
    _settle_pair(choices, "no_token", "token")
    _settle_pair(choices, "cert", "tls")
    _settle_key(choices)
    _settle_public_url(choices)
    _fill_folders(choices)
    return Configuration(_build(choices), choices, config_file)


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


def _build(choices: Mapping[str, Choice]) -> Settings:
    limits = Limits(**{f.name: choices[f"limits.{f.name}"].value for f in fields(Limits)})
    own = {f.name: choices[f.name].value for f in fields(Settings) if f.name in choices}
    languages = (each.value for name, each in choices.items() if name.startswith("languages."))
    return Settings(**own, limits=limits, languages=tuple(languages))


# --- the three sources -------------------------------------------------------------------------


def _from_flags(flags: Mapping[str, Any]) -> dict[str, Choice]:
    known = dict(all_settings())
    chosen = {}
    for name, value in flags.items():
        flag = str(known[name].metadata.get("flag") or f"--{name}").partition("/")
        source = flag[2] if flag[2] and value is False else flag[0]
        chosen[name] = Choice(_parsed(known[name], value, source, here()), Precedence.FLAG, source)
    return chosen


def _from_environment(environ: Mapping[str, str]) -> dict[str, Choice]:
    known = {variable(name): (name, field) for name, field in all_settings()}
    chosen = {}
    for key in sorted(environ):
        if not key.startswith(PREFIX) or key in (CONFIG_VARIABLE, SERVER_VARIABLE):
            continue
        if key not in known:
            raise UsageProblem(
                f"The variable {key} is no setting of collabpad.{_nearest(key, known)}"
            )
        name, field = known[key]
        value = _parsed(field, environ[key], key, here())
        chosen[name] = Choice(value, Precedence.ENVIRONMENT, key)
    return chosen


def _from_file(path: Path, *, explicit: bool) -> dict[str, Choice]:
    known = dict(all_settings())
    chosen = {}
    table = _read_toml(path, explicit=explicit)
    for language in _languages(table.pop("languages", {}), path):
        chosen[f"languages.{language.id}"] = Choice(language, Precedence.FILE, str(path))
    for name, value in _flattened(table):
        if name == "token":
            raise UsageProblem(f"{path} must not hold the token itself: use token_file there.")
        if name not in known:
            raise UsageProblem(
                f"{name} in {path} is no setting of collabpad.{_nearest(name, known)}"
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
        raise UsageProblem(f"The config file {path} is no valid TOML: {error}.") from None


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


# --- what depends on several settings ----------------------------------------------------------


def _settle_lan(choices: dict[str, Choice]) -> None:
    """`lan` says the same as the host 0.0.0.0: whoever was said with more weight decides."""
    lan, host = choices["lan"], choices["host"]
    if host.value in ANY_ADDRESS:
        if not lan.value and lan.rank == host.rank:
            raise _contradiction(choices, "lan", "host")
        if lan.value or lan.rank < host.rank:
            choices["lan"] = Choice(True, max(lan.rank, host.rank), host.source)
        else:
            choices["host"] = Choice(Settings().host, lan.rank, lan.source)
    elif lan.value and host.rank > lan.rank:
        choices["lan"] = Choice(False, host.rank, host.source)
    elif lan.value and host.rank == lan.rank:
        raise _contradiction(choices, "lan", "host")
    elif lan.value:
        choices["host"] = Choice(ANY_ADDRESS[0], lan.rank, lan.source)


def _settle_pair(choices: dict[str, Choice], one: str, other: str) -> None:
    """Of two that exclude each other, the one said with more weight stays."""
    first, second = choices[one], choices[other]
    if not first.value or not second.value:
        return
    if first.rank == second.rank:
        raise _contradiction(choices, one, other)
    loser = one if first.rank < second.rank else other
    winner = second if loser == one else first
    choices[loser] = Choice(getattr(Settings(), loser), winner.rank, winner.source)


def _settle_key(choices: Mapping[str, Choice]) -> None:
    key = choices["key"]
    if key.value and not choices["cert"].value and not choices["tls"].value:
        raise UsageProblem(f"{key.source} needs a certificate: give it by --cert.")


def _contradiction(choices: Mapping[str, Choice], one: str, other: str) -> UsageProblem:
    sources = choices[one].source, choices[other].source
    told = f"{one} and {other} in {sources[0]}"
    if sources[0] != sources[1]:
        told = " and ".join(sources)
    return UsageProblem(f"{told} contradict each other: keep one.")


def _settle_public_url(choices: dict[str, Choice]) -> None:
    """The public URL is the whole address of the home page; a bare origin gets the base path."""
    url, base_path = choices["public_url"], choices["base_path"].value
    if url.value and re.fullmatch(r"https?://[^/]+", url.value):
        choices["public_url"] = Choice(url.value + base_path, url.rank, url.source)


def _config_file(environ: Mapping[str, str]) -> Path | None:
    named = environ.get(CONFIG_VARIABLE)
    if named:
        try:
            return here() / Path(named).expanduser()
        except RuntimeError:
            raise UsageProblem(
                f"{CONFIG_VARIABLE} names a home folder that is not known."
            ) from None
    import platformdirs

    folder = _in_home(platformdirs.user_config_path)
    return folder / "config.toml" if folder else None


def _in_home(path: Callable[..., Path]) -> Path | None:
    """A folder of the user's; None for a user without a home, as containers run them."""
    try:
        found = path("collabpad", appauthor=False)
    except RuntimeError:
        return None
    return found if found.is_absolute() else None


def _fill_folders(choices: dict[str, Choice]) -> None:
    import platformdirs

    if choices["data_dir"].value is None:
        folder = _in_home(platformdirs.user_data_path)
        choices["data_dir"] = Choice(folder, Precedence.DEFAULT, "default")
    if choices["runtime_dir"].value is None:
        try:
            with warnings.catch_warnings():
                # It warns of an unset XDG_RUNTIME_DIR, as after `su`; its fallback is what we want.
                warnings.simplefilter("ignore")
                folder = platformdirs.user_runtime_path("collabpad", appauthor=False)
        except (OSError, RuntimeError) as error:
            raise StartError(
                f"No private runtime folder can be used ({error}): set COLLABPAD_RUNTIME_DIR."
            ) from None
        choices["runtime_dir"] = Choice(folder, Precedence.DEFAULT, "default")
