"""Which languages run on this machine."""

from __future__ import annotations

from typing import TYPE_CHECKING

from collabpad.runs.installed import Installed, survey
from collabpad.runs.languages import Languages
from collabpad.sandbox import Sandbox
from collabpad.settings import Settings

if TYPE_CHECKING:  # it needs gevent, which the Python of an ordinary user may lack
    from collabpad.runs.runner import Runner


def installed(settings: Settings, sandbox: Sandbox) -> dict[str, Installed]:
    found = survey(Languages(settings.languages), settings, sandbox)
    return {key: each for key, each in found.items() if isinstance(each, Installed)}


def runnable(runner: Runner) -> list[str]:
    """The IDs, in the order in which they are shown."""
    return [str(each["id"]) for each in runner.languages_view() if each["runnable"]]
