"""The settings in force: a flag's, else the environment's, else config.toml's, else the default.

`resolve` gives them together with the source of each, and raises UsageProblem, naming the sources,
where settings contradict each other.
"""

from __future__ import annotations

import os
import re
import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from .errors import StartError, UsageProblem
from .paths import here
from .setting_sources import (
    CONFIG_VARIABLE,
    Choice,
    Precedence,
    all_settings,
    from_environment,
    from_file,
    from_flags,
)
from .settings import ANY_ADDRESS, Limits, Settings


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
        choices |= from_file(config_file, explicit=CONFIG_VARIABLE in env)
    choices |= from_environment(env)
    choices |= from_flags(flags)
    _settle_lan(choices)
    _settle_pair(choices, "token", "token_file")
    _settle_pair(choices, "no_token", "token_file")
    _settle_pair(choices, "no_token", "token")
    _settle_pair(choices, "cert", "tls")
    _settle_key(choices)
    _settle_public_url(choices)
    _fill_folders(choices)
    return Configuration(_build(choices), choices, config_file)


def _build(choices: Mapping[str, Choice]) -> Settings:
    limits = Limits(**{f.name: choices[f"limits.{f.name}"].value for f in fields(Limits)})
    own = {f.name: choices[f.name].value for f in fields(Settings) if f.name in choices}
    languages = (each.value for name, each in choices.items() if name.startswith("languages."))
    return Settings(**own, limits=limits, languages=tuple(languages))


def _settle_lan(choices: dict[str, Choice]) -> None:
    """`lan` means the same as the host 0.0.0.0: the source of higher precedence decides."""
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
    """Of two settings that exclude each other, the one of higher precedence stays."""
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
        raise UsageProblem(f"{key.source} needs a certificate: add --cert.")


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
            raise UsageProblem(f"{CONFIG_VARIABLE} names an unknown home folder.") from None
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
