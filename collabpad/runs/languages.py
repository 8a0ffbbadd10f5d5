"""The languages: a table, and what of it a server can run.

In a command `{tool}` stands for the first of `tools` that is there, `{NAME}` for a program of
`needs`, and `{main}` for what `prepare` found to start. `id` is also what the page's editor calls
the language.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from ..protocol.enums import Obstacle
from ..sandbox import Caps, RunSpec, Sandbox
from ..settings import Settings
from ..units import MIB
from . import java, unbuffered
from .tools import Tool, find_tool, version

DEFAULT = "python"
_BY_SANDBOX = "python"  # the sandbox was tried with it and knows where it is
_ROOMY = Caps(address_space=None, files_open=256)  # for runtimes that reserve what they never use
_C_BESIDE = {unbuffered.C_HEADER: unbuffered.C_HEADER_TEXT}
_C_OPTIONS = ("-O1", "-g", "-Wall", "-include", unbuffered.C_HEADER)
_NODE_BESIDE = {unbuffered.NODE_MODULE: unbuffered.NODE_MODULE_TEXT}
_NODE = ("{tool}", "--require", f"./{unbuffered.NODE_MODULE}")
_JVM = ("-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-XX:-UsePerfData")


@dataclass(frozen=True, kw_only=True)
class Language:
    """One row of the table. Without `run` it is for reading and writing alone.

    `needs` are programs that must be there as well; `oldest` is the tool's first good version, and
    from `newer[0]` on it is run with `newer[1]`. `beside` are files that are put beside the
    program's; `prepare` takes the program, and returns what is put in its place and `{main}`.
    """

    id: str
    title: str
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
        beside=_NODE_BESIDE,
        run=(*_NODE, "main.js"),
        caps=_ROOMY,
        example='const name = "world";\nconsole.log(`Hello, ${name}!`);\n',
    ),
    Language(
        id="typescript",
        title="TypeScript",
        file_name="main.ts",
        tools=("node", "nodejs"),
        oldest=(22, 6),
        beside=_NODE_BESIDE,
        run=(*_NODE, "--experimental-strip-types", "--no-warnings", "main.ts"),
        # Enums, namespaces and parameter properties are more than types.
        newer=((22, 7), (*_NODE, "--experimental-transform-types", "--no-warnings", "main.ts")),
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
        beside=_C_BESIDE,
        compile=("{tool}", *_C_OPTIONS, "-o", "main", "main.c", "-lm"),
        run=("./main",),
        example='#include <stdio.h>\n\nint main(void) {\n    puts("Hello, world!");\n}\n',
    ),
    Language(
        id="cpp",
        title="C++",
        file_name="main.cpp",
        tools=("g++", "clang++", "c++"),
        beside=_C_BESIDE,
        compile=("{tool}", *_C_OPTIONS, "-o", "main", "main.cpp"),
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
        prepare=java.prepare,
        compile=("{javac}", *(f"-J{option}" for option in _JVM), "-d", ".", "Main.java"),
        compile_timeout=20.0,
        run=("{tool}", *_JVM, "-cp", ".", "{main}"),
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
        beside={unbuffered.RUBY_FILE: unbuffered.RUBY_TEXT},
        run=("{tool}", f"-r./{unbuffered.RUBY_FILE}", "main.rb"),
        example='name = "world"\nputs "Hello, #{name}!"\n',
    ),
    Language(
        id="perl",
        title="Perl",
        file_name="main.pl",
        tools=("perl",),
        run=("{tool}", unbuffered.PERL_OPTION, "main.pl"),
        example='use strict;\nuse warnings;\n\nmy $name = "world";\nprint "Hello, $name!\\n";\n',
    ),
    Language(
        id="lua",
        title="Lua",
        file_name="main.lua",
        tools=("lua", "lua5.4", "lua5.3", "luajit"),
        run=("{tool}", "-e", unbuffered.LUA_STATEMENT, "main.lua"),
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
        """Say how to run a program; `output` is the cap in bytes."""
        language = self.language
        code, main = (code, "") if language.prepare is None else language.prepare(code)
        names = {"{tool}": self.tool.path, "{main}": main, **self.programs}

        def command(template: tuple[str, ...]) -> tuple[str, ...]:
            return tuple(names.get(word, word) for word in template)

        return RunSpec(
            command=command(language.run),
            compile=None if language.compile is None else command(language.compile),
            compile_timeout=language.compile_timeout,
            files={language.file_name: code, **language.beside},
            readable=self.tool.readable,
            environment=self.environment,
            stdin=stdin,
            interactive=interactive,
            timeout=timeout,
            caps=replace(language.caps, output=output),
        )


def survey(settings: Settings, sandbox: Sandbox) -> dict[str, Installed | Obstacle]:
    """Say of each language, by its ID, what runs it here or why nothing does."""
    return {language.id: _look(language, settings, sandbox) for language in TABLE}


def available(settings: Settings, sandbox: Sandbox) -> dict[str, Installed]:
    """Return the languages that run here, by their IDs; none where nothing is run."""
    found = survey(settings, sandbox)
    return {each.language.id: each for each in found.values() if isinstance(each, Installed)}


def _look(language: Language, settings: Settings, sandbox: Sandbox) -> Installed | Obstacle:
    if not language.run:
        return Obstacle.NO_PROGRAM
    if sandbox.name == "off":
        return Obstacle.OFF
    return _installed(language, settings, sandbox)


def _installed(language: Language, settings: Settings, sandbox: Sandbox) -> Installed | Obstacle:
    if language.id == _BY_SANDBOX and sandbox.tools == "host":
        python = sandbox.python
        tool = Tool(python.executable, python.readable)
        return Installed(language, tool, {**language.environment, **python.environment})
    names = ("python3", "python") if language.id == _BY_SANDBOX else language.tools
    found = find_tool(names, settings, sandbox)
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
