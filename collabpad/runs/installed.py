"""Which languages run on this machine: by the tools that are installed, and their versions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from ..protocol.enums import Obstacle
from ..sandbox import RunSpec, Sandbox
from ..settings import Settings
from .language import Language
from .tools import Tool, find_tool, version

_BY_SANDBOX = "python"  # the sandbox was tried with it and knows where it is


@dataclass(frozen=True)
class Installed:
    """A language with the tool that was found for it.

    `programs` are the paths of the tools by the names that stand for them in commands.
    """

    language: Language
    tool: Tool
    environment: Mapping[str, str]
    programs: Mapping[str, str] = field(default_factory=dict)

    def spec(
        self, code: bytes, *, stdin: bytes, interactive: bool, timeout: float, output: int
    ) -> RunSpec:
        """How to run a program; `output` is the cap in bytes."""
        language = self.language
        code, main = (code, "") if language.prepare is None else language.prepare(code)
        names = {"{tool}": self.tool.path, "{main}": main, **self.programs}

        def command(template: tuple[str, ...]) -> tuple[str, ...]:
            return tuple(names.get(word, word) for word in template)

        return RunSpec(
            command=command(language.run),
            compile=None if language.compile is None else command(language.compile),
            compile_timeout=language.compile_timeout,
            files={language.main_file: code, **language.beside},
            readable=self.tool.readable,
            environment=self.environment,
            stdin=stdin,
            interactive=interactive,
            timeout=timeout,
            caps=replace(language.caps, output=output),
        )


def survey(
    languages: Iterable[Language], settings: Settings, sandbox: Sandbox
) -> dict[str, Installed | Obstacle]:
    """What runs each language here, or why nothing does, by its ID."""
    return {each.id: _find(each, settings, sandbox) for each in languages}


def _find(language: Language, settings: Settings, sandbox: Sandbox) -> Installed | Obstacle:
    if not language.run:
        return Obstacle.NO_PROGRAM
    if sandbox.name == "off":
        return Obstacle.OFF
    if language.id == _BY_SANDBOX and sandbox.tools == "host":
        python = sandbox.python
        tool = Tool(python.executable, python.readable)
        return Installed(language, tool, {**language.environment, **python.environment})
    return _find_tools(language, settings, sandbox)


def _find_tools(language: Language, settings: Settings, sandbox: Sandbox) -> Installed | Obstacle:
    found = find_tool(language.tools, settings, sandbox)
    if found is None:
        return Obstacle.NOT_INSTALLED
    programs = {}
    for name in language.needs:
        more = find_tool((name,), settings, sandbox)
        if more is None:
            return Obstacle.NOT_INSTALLED
        programs[f"{{{name}}}"] = more.path
        found = replace(found, readable=tuple(dict.fromkeys((*found.readable, *more.readable))))
    suited = _suited(language, found)
    if suited is None:
        return Obstacle.TOO_OLD
    return Installed(suited, found, language.environment, programs)


def _suited(language: Language, tool: Tool) -> Language | None:
    """The language as this version of its tool runs it; None if the version is too old."""
    if language.oldest == (0, 0):
        return language
    there = version(tool)
    if there < language.oldest:
        return None
    if language.newer is not None and there >= language.newer[0]:
        return replace(language, run=language.newer[1])
    return language
