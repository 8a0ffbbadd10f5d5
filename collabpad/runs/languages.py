"""The languages: a table, and what of it a server can run.

`{tool}` in a command stands for the first of `tools` that is there. `id` is also what the page's
editor calls the language.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from ..sandbox import Caps, RunSpec, Sandbox
from ..settings import Settings
from ..values import MIB
from .tools import Tool, find_tool, version

DEFAULT = "python"
_BY_SANDBOX = "python"  # the sandbox was tried with it and knows where it is
_ROOMY = Caps(address_space=None, files_open=256)  # for runtimes that reserve what they never use


@dataclass(frozen=True, kw_only=True)
class Language:
    """One row of the table. Without `run` it is for reading and writing alone.

    `needs` are programs that must be there as well; `oldest` is the tool's first good version.
    """

    id: str
    title: str
    file_name: str = ""
    tools: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    oldest: tuple[int, int] = (0, 0)
    compile: tuple[str, ...] | None = None
    compile_timeout: float = 10.0  # seconds
    run: tuple[str, ...] = ()
    environment: Mapping[str, str] = field(default_factory=dict)
    caps: Caps = Caps()
    example: str = ""


TABLE = (
    Language(
        id="python",
        title="Python",
        file_name="main.py",
        tools=(_BY_SANDBOX,),
        run=("{tool}", "main.py"),
        example='name = "world"\nprint(f"Hello, {name}!")\n',
    ),
    Language(
        id="javascript",
        title="JavaScript",
        file_name="main.js",
        tools=("node", "nodejs"),
        run=("{tool}", "main.js"),
        caps=_ROOMY,
        example='const name = "world";\nconsole.log(`Hello, ${name}!`);\n',
    ),
    Language(
        id="typescript",
        title="TypeScript",
        file_name="main.ts",
        tools=("node", "nodejs"),
        oldest=(22, 6),
        run=("{tool}", "--experimental-strip-types", "--no-warnings", "main.ts"),
        caps=_ROOMY,
        example='const name: string = "world";\nconsole.log(`Hello, ${name}!`);\n',
    ),
    Language(
        id="shell",
        title="Shell",
        file_name="main.sh",
        tools=("bash", "sh"),
        run=("{tool}", "main.sh"),
        example='name=world\necho "Hello, $name!"\n',
    ),
    Language(
        id="c",
        title="C",
        file_name="main.c",
        tools=("gcc", "clang", "cc"),
        compile=("{tool}", "-O1", "-g", "-Wall", "-o", "main", "main.c", "-lm"),
        run=("./main",),
        example='#include <stdio.h>\n\nint main(void) {\n    puts("Hello, world!");\n}\n',
    ),
    Language(
        id="cpp",
        title="C++",
        file_name="main.cpp",
        tools=("g++", "clang++", "c++"),
        compile=("{tool}", "-O1", "-g", "-Wall", "-o", "main", "main.cpp"),
        run=("./main",),
        example='#include <iostream>\n\nint main() {\n    std::cout << "Hello, world!\\n";\n}\n',
    ),
    Language(
        id="go",
        title="Go",
        file_name="main.go",
        tools=("go",),
        compile=("{tool}", "build", "-o", "main", "main.go"),
        compile_timeout=30.0,  # its own library too, which no longer comes compiled
        run=("./main",),
        environment={
            "GO111MODULE": "off",
            "GOTOOLCHAIN": "local",
            "GOTELEMETRY": "off",
            "CGO_ENABLED": "0",
        },
        caps=replace(_ROOMY, files_open=1024, file_size=64 * MIB, disk=256 * MIB),
        example=(
            'package main\n\nimport "fmt"\n\nfunc main() {\n\tfmt.Println("Hello, world!")\n}\n'
        ),
    ),
    Language(
        id="rust",
        title="Rust",
        file_name="main.rs",
        tools=("rustc",),
        needs=("cc",),
        compile=("{tool}", "--edition", "2021", "-C", "opt-level=1", "-o", "main", "main.rs"),
        run=("./main",),
        caps=replace(Caps(), files_open=256),
        example='fn main() {\n    println!("Hello, world!");\n}\n',
    ),
    Language(
        id="java",
        title="Java",
        file_name="Main.java",
        tools=("java",),
        needs=("javac",),
        # From source: a class may have any name, and javac's own start is saved.
        run=(
            "{tool}",
            "-Xmx256m",
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-XX:-UsePerfData",
            "Main.java",
        ),
        caps=_ROOMY,
        example=(
            "class Main {\n    public static void main(String[] arguments) {\n"
            '        System.out.println("Hello, world!");\n    }\n}\n'
        ),
    ),
    Language(
        id="ruby",
        title="Ruby",
        file_name="main.rb",
        tools=("ruby",),
        run=("{tool}", "main.rb"),
        example='name = "world"\nputs "Hello, #{name}!"\n',
    ),
    Language(
        id="perl",
        title="Perl",
        file_name="main.pl",
        tools=("perl",),
        run=("{tool}", "main.pl"),
        example='use strict;\nuse warnings;\n\nmy $name = "world";\nprint "Hello, $name!\\n";\n',
    ),
    Language(
        id="lua",
        title="Lua",
        file_name="main.lua",
        tools=("lua", "lua5.4", "lua5.3", "luajit"),
        run=("{tool}", "main.lua"),
        example='local name = "world"\nprint("Hello, " .. name .. "!")\n',
    ),
    Language(
        id="php",
        title="PHP",
        file_name="main.php",
        tools=("php",),
        run=("{tool}", "main.php"),
        example='<?php\n$name = "world";\necho "Hello, $name!\\n";\n',
    ),
    Language(id="html", title="HTML", file_name="main.html"),
    Language(id="css", title="CSS", file_name="main.css"),
    Language(id="json", title="JSON", file_name="main.json"),
    Language(id="markdown", title="Markdown", file_name="main.md"),
    Language(id="sql", title="SQL", file_name="main.sql"),
    Language(id="yaml", title="YAML", file_name="main.yaml"),
    Language(id="text", title="Plain text"),
)
BY_ID = {language.id: language for language in TABLE}


@dataclass(frozen=True)
class Installed:
    """A language with the tool that was found for it."""

    language: Language
    tool: Tool
    environment: Mapping[str, str]

    def spec(
        self, code: bytes, *, stdin: bytes, interactive: bool, timeout: float, output: int
    ) -> RunSpec:
        """Say how to run a program; `output` is the cap in bytes."""
        language = self.language
        return RunSpec(
            command=self._command(language.run),
            compile=None if language.compile is None else self._command(language.compile),
            compile_timeout=language.compile_timeout,
            files={language.file_name: code},
            readable=self.tool.readable,
            environment=self.environment,
            stdin=stdin,
            interactive=interactive,
            timeout=timeout,
            caps=replace(language.caps, output=output),
        )

    def _command(self, template: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(self.tool.path if word == "{tool}" else word for word in template)


def available(settings: Settings, sandbox: Sandbox) -> dict[str, Installed]:
    """Return the languages that run here, by their IDs; none where nothing is run."""
    if sandbox.name == "off":
        return {}
    found = (_installed(language, settings, sandbox) for language in TABLE)
    return {installed.language.id: installed for installed in found if installed is not None}


def _installed(language: Language, settings: Settings, sandbox: Sandbox) -> Installed | None:
    if language.id == _BY_SANDBOX and sandbox.tools == "host":
        python = sandbox.python
        tool = Tool(python.executable, python.readable)
        return Installed(language, tool, {**language.environment, **python.environment})
    names = ("python3", "python") if language.id == _BY_SANDBOX else language.tools
    found = find_tool(names, settings, sandbox)
    if found is None:
        return None
    for name in language.needs:
        more = find_tool((name,), settings, sandbox)
        if more is None:
            return None
        found = replace(found, readable=tuple(dict.fromkeys((*found.readable, *more.readable))))
    if language.oldest > (0, 0) and version(found) < language.oldest:
        return None
    return Installed(language, found, language.environment)
