"""One language: what it is called, how the page edits it, and how its programs are run."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

from ..language_settings import LanguageSettings
from ..sandbox import Caps

ROOMY: Final = Caps(address_space=None, files_open=256)
"""For runtimes that reserve memory which they never use."""


@dataclass(frozen=True, kw_only=True)
class Language:
    """One row of the table; a row without `run` is for reading and writing alone.

    `aliases` are other names for `id`. `endings` are those of file names; the first one is used for
    downloads. `mode` is how the page's editor treats the text, `indent` how many spaces one step
    has, 0 for a tab.

    In a command `{tool}` stands for the first of `tools` that is installed, `{NAME}` for a program
    of `needs`, which must be installed as well, and `{main}` for what `prepare` found to start.
    `oldest` is the tool's first good version, and from `newer[0]` on it is run with `newer[1]`.
    `beside` are files that are put beside the program's; `prepare` takes the program, and returns
    what is put in its place and `{main}`.
    """

    id: str
    name: str
    aliases: tuple[str, ...] = ()
    endings: tuple[str, ...]
    mode: str
    indent: int = 2
    file_name: str = ""
    tools: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    oldest: tuple[int, int] = (0, 0)
    beside: Mapping[str, bytes] = field(default_factory=dict)
    prepare: Callable[[bytes], tuple[bytes, str]] | None = None
    compile: tuple[str, ...] | None = None
    compile_timeout: float = 10.0  # seconds
    run: tuple[str, ...] = ()
    newer: tuple[tuple[int, int], tuple[str, ...]] | None = None
    environment: Mapping[str, str] = field(default_factory=dict)
    caps: Caps = Caps()
    example: str = ""

    @property
    def main_file(self) -> str:
        """The name of the file that the program is put into."""
        return self.file_name or f"main{self.endings[0]}"


def configured(settings: LanguageSettings) -> Language:
    """The row of a language of the config file."""
    commands = [settings.run] if settings.compile is None else [settings.run, settings.compile]
    programs = list(dict.fromkeys(each[0] for each in commands if not each[0].startswith("./")))
    placeholders = {each: f"{{{each}}}" for each in programs[1:]} | {programs[0]: "{tool}"}
    file_name = f"main{settings.endings[0]}"

    def command(words: tuple[str, ...]) -> tuple[str, ...]:
        rest = (word.replace("{file}", file_name) for word in words[1:])
        return placeholders.get(words[0], words[0]), *rest

    return Language(
        id=settings.id,
        name=settings.name,
        aliases=settings.aliases,
        endings=settings.endings,
        mode=settings.mode,
        indent=settings.indent,
        tools=(programs[0],),
        needs=tuple(programs[1:]),
        compile=None if settings.compile is None else command(settings.compile),
        compile_timeout=settings.compile_timeout,
        run=command(settings.run),
        environment=settings.environment,
        caps=ROOMY,
        example=settings.example,
    )
