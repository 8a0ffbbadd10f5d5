"""What the documents name is there: links, labels of the page, commands, paths, numbers."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from collabpad import tls
from collabpad.cli.app import collabpad
from collabpad.runs.builtin_languages import BUILTIN_LANGUAGES
from collabpad.sandbox.visible_cpus import MAX_CPUS
from collabpad.sessions import rotation
from collabpad.settings import Settings
from collabpad.storage.store import RUNS_KEPT

ROOT = Path(__file__).parent.parent
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")])
ABOUT_THE_PAGE = [ROOT / "README.md", ROOT / "CHANGELOG.md", ROOT / "docs" / "guide.md"]
PACKAGE = ROOT / "collabpad"
PLACES = [ROOT, PACKAGE, PACKAGE / "static" / "js"]
RUNNABLE = sum(bool(each.run) for each in BUILTIN_LANGUAGES)
PRINTED = {"For you", "For others"}  # by `collabpad serve`
ADJECTIVES = {"acting"}


def text_of(page: Path) -> str:
    return page.read_text(encoding="utf-8")


def in_one_line(page: Path) -> str:
    return " ".join(text_of(page).split())


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    links = re.findall(r"\]\(([^)#]+?)(?:#[^)]*)?\)", text_of(page))
    local = [link for link in links if not link.startswith("https:")]
    assert [link for link in local if not (page.parent / link).exists()] == []


def labels() -> set[str]:
    """Everything that the page shows, as its two tables of strings have it."""
    sources = (PACKAGE / "static" / "js" / "strings.js", PACKAGE / "web" / "strings.py")
    return {label for source in sources for label in re.findall(r'"([^"\n]+)"', text_of(source))}


@pytest.mark.parametrize("page", ABOUT_THE_PAGE, ids=lambda page: page.name)
def test_labels_in_italics_are_those_of_the_page(page: Path) -> None:
    text = re.sub(r"`[^`]*`", "", in_one_line(page))
    italics = set(re.findall(r"(?<!\*)\*([^*]+)\*(?!\*)", text))
    assert sorted(italics - labels() - PRINTED - ADJECTIVES - {"acting host"}) == []


def commands(page: Path) -> Iterator[list[str]]:
    """Every `collabpad …` in code, its words."""
    code = re.findall(r"```sh\n(.*?)```", text_of(page), re.DOTALL)
    lines = [line for block in code for line in block.splitlines()]
    lines += re.findall(r"`([^`\n]+)`", text_of(page))
    for line in lines:
        words = shlex.split(line.partition("#")[0])
        if words[:1] == ["collabpad"] or words[1:3] == ["-m", "collabpad"]:
            yield words[words.index("collabpad") + 1 :]


def unknown(words: list[str]) -> list[str]:
    """What of a command line the command does not know."""
    command: click.Command = collabpad
    if words and not words[0].startswith("-"):
        found = collabpad.commands.get(words[0])
        if found is None:
            return words[:1]
        command = found
    known = {name for each in command.params for name in (*each.opts, *each.secondary_opts)}
    options = {word for word in words if word.startswith("--")}
    return sorted(options - known - {"--help"})


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_commands_exist_with_their_options(page: Path) -> None:
    assert [(words, unknown(words)) for words in commands(page) if unknown(words)] == []


def test_a_command_that_does_not_exist_would_be_found() -> None:
    assert unknown(["start", "--lan"]) == ["start"]
    assert unknown(["serve", "--lan", "--wan"]) == ["--wan"]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_options_alone_are_options_of_some_command(page: Path) -> None:
    parameters = [each for command in collabpad.commands.values() for each in command.params]
    known = {name for each in parameters for name in (*each.opts, *each.secondary_opts)}
    options = re.findall(r"`(--[a-z-]+)(?: [^`]*)?`", text_of(page))
    assert sorted(set(options) - known - {"--help", "--checkJs"}) == []


def paths_named(page: Path) -> set[str]:
    """Paths in backticks, and those at the start of a line of a block that is a plan."""
    text = text_of(page)
    plans = re.findall(r"^```\n(.*?)^```", text, re.DOTALL | re.MULTILINE)
    listed = {
        name.strip(" ,")
        for plan in plans
        for line in plan.splitlines()
        for name in re.split(r",\s*", line.partition("  ")[0])
    }
    path = r"[\w.]+/[\w./]*|[\w.]+\.(?:py|js|md|toml|json|css|mjs)"
    inline = re.findall(rf"`(?:python )?({path})(?: [^`]*)?`", text)
    return {*listed, *inline} - {""}


@pytest.mark.parametrize(
    ("name", "at_least"), [("docs/development.md", 40), ("CONTRIBUTING.md", 8)]
)
def test_paths_exist(name: str, at_least: int) -> None:
    named = paths_named(ROOT / name)
    assert len(named) >= at_least
    missing = [each for each in named if not any((place / each).exists() for place in PLACES)]
    assert sorted(missing) == []


DEFAULTS = Settings()
IN_WORDS = {
    4: "four",
    5: "five",
    13: "thirteen",
    30: "half a minute",
    50: "fifty",
    60: "a minute",
    300: "five minutes",
}
NUMBERS = {
    "README.md": [
        f"for at most {IN_WORDS[int(DEFAULTS.run_timeout)]} seconds",
        f"the last {DEFAULTS.chat_cap} messages",
        f"for {DEFAULTS.session_ttl:g} days",
    ],
    "docs/guide.md": [
        f"After {IN_WORDS[int(DEFAULTS.roster_grace)]} away",
        f"The pen waits {DEFAULTS.pen_grace:g} seconds",
        f"{IN_WORDS[int(DEFAULTS.input_wait)]} for each answer",
        f"told {IN_WORDS[int(rotation.WARNING)]} before",
        f"the last {IN_WORDS[RUNS_KEPT]} runs",
        f"they see {IN_WORDS[MAX_CPUS]} processors",
    ],
    "docs/deployment.md": [f"port {DEFAULTS.port}", f"valid for {tls.DAYS_VALID} days"],
    "CHANGELOG.md": [
        f"the last {DEFAULTS.chat_cap} messages",
        f"for {DEFAULTS.session_ttl:g} days",
        f"{IN_WORDS[RUNNABLE]} languages can run".capitalize(),
    ],
}
"""Sentences whose numbers are defaults of settings."""


@pytest.mark.parametrize("page", NUMBERS)
def test_numbers_are_those_of_the_settings(page: str) -> None:
    text = in_one_line(ROOT / page)
    assert [sentence for sentence in NUMBERS[page] if sentence not in text] == []


def test_the_developers_page_names_every_package() -> None:
    packages = {init.parent.name for init in PACKAGE.glob("*/__init__.py")}
    plan = paths_named(ROOT / "docs" / "development.md")
    assert len(packages) > 5
    assert sorted(each for each in packages if f"{each}/" not in plan) == []
