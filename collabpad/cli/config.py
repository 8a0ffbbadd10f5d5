"""The command `config`: every setting, its value, and where that comes from."""

from __future__ import annotations

import shlex
from dataclasses import asdict
from typing import Any

import click

from ..configuration import Configuration, resolve
from ..language_settings import LanguageSettings
from ..setting_sources import variable
from .output import json_option, print_json, print_table
from .streams import echo


@click.command()
@json_option
def config(*, as_json: bool) -> None:
    """Show every setting, its value and its source.

    \b
    A flag of `collabpad serve` comes first, then the environment, then the config file:
      collabpad serve --port 5001
      COLLABPAD_PORT=5001 collabpad serve
      port = 5001                     (in config.toml)
    You can write sizes like "2 MiB". Settings named limits.* belong under [limits] in the file, and
    further languages under [languages.ID].
    """
    configuration = resolve({})
    _check_languages(configuration.settings.languages)
    file = configuration.config_file
    if as_json:
        named = None if file is None else str(file)
        print_json({"config_file": named, "settings": _all(configuration)})
        return
    if file is None:
        echo("Config file: none, since your user has no home folder\n")
    else:
        echo(f"Config file: {file}{'' if file.exists() else ' (there is none)'}\n")
    rows = (
        (name, _shown(entry["value"]), entry["source"], entry["variable"] or "-")
        for name, entry in _all(configuration).items()
    )
    print_table(("SETTING", "VALUE", "FROM", "VARIABLE"), rows)


def _check_languages(more: tuple[LanguageSettings, ...]) -> None:
    """Raises UsageProblem for those that a server could not offer beside its own."""
    if more:
        from ..runs.languages import Languages

        Languages(more)


def _all(configuration: Configuration) -> dict[str, dict[str, Any]]:
    return {
        name: {
            "value": _plain(name, choice.value),
            "source": choice.source,
            "variable": None if name.startswith("languages.") else variable(name),
        }
        for name, choice in configuration.choices.items()
    }


def _plain(name: str, value: Any) -> Any:
    """A value as JSON has it; the token is told to nobody."""
    if name == "token" and value is not None:
        return "(set)"
    if isinstance(value, LanguageSettings):
        return {key: each for key, each in asdict(value).items() if key not in ("id", "source")}
    if isinstance(value, tuple):
        return list(value)
    return value if isinstance(value, str | int | float | None) else str(value)


def _shown(value: Any) -> str:
    if value is None or value in ("", []):
        return "-"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return f"{value:g}"
    if isinstance(value, dict):
        return f"{value['name']}: {shlex.join(value['run'])}"
    return ", ".join(value) if isinstance(value, list) else str(value)
