"""The languages that every server offers, one row each: as `language.py` describes it.

Servers can have more: `[languages.ID]` in their config file.
"""

from __future__ import annotations

from dataclasses import replace

from ..sandbox import Caps
from ..units import MIB
from . import java, unbuffered
from .language import ROOMY, Language

_C_BESIDE = {unbuffered.C_HEADER: unbuffered.C_HEADER_TEXT}
_C_OPTIONS = ("-O1", "-g", "-Wall", "-include", unbuffered.C_HEADER)
_NODE_BESIDE = {unbuffered.NODE_MODULE: unbuffered.NODE_MODULE_TEXT}
_NODE = ("{tool}", "--require", f"./{unbuffered.NODE_MODULE}")
_JVM = ("-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-XX:-UsePerfData")


BUILTIN_LANGUAGES = (
    Language(
        id="python",
        name="Python",
        aliases=("py", "python3"),
        endings=(".py", ".pyw"),
        mode="python",
        indent=4,
        tools=("python3", "python"),
        run=("{tool}", "main.py"),
        example='name = "world"\nprint(f"Hello, {name}!")\n',
    ),
    Language(
        id="javascript",
        name="JavaScript",
        aliases=("js", "node"),
        endings=(".js", ".mjs", ".cjs", ".jsx"),
        mode="javascript",
        tools=("node", "nodejs"),
        beside=_NODE_BESIDE,
        run=(*_NODE, "main.js"),
        caps=ROOMY,
        example='const name = "world";\nconsole.log(`Hello, ${name}!`);\n',
    ),
    Language(
        id="typescript",
        name="TypeScript",
        aliases=("ts",),
        endings=(".ts", ".mts", ".cts"),
        mode="typescript",
        tools=("node", "nodejs"),
        oldest=(22, 6),
        beside=_NODE_BESIDE,
        run=(*_NODE, "--experimental-strip-types", "--no-warnings", "main.ts"),
        # Enums, namespaces and parameter properties are more than types.
        newer=((22, 7), (*_NODE, "--experimental-transform-types", "--no-warnings", "main.ts")),
        caps=ROOMY,
        example='const name: string = "world";\nconsole.log(`Hello, ${name}!`);\n',
    ),
    Language(
        id="shell",
        name="Shell",
        aliases=("sh", "bash"),
        endings=(".sh", ".bash"),
        mode="shell",
        tools=("bash", "sh"),
        run=("{tool}", "main.sh"),
        example='name=world\necho "Hello, $name!"\n',
    ),
    Language(
        id="c",
        name="C",
        endings=(".c", ".h"),
        mode="c",
        indent=4,
        tools=("gcc", "clang", "cc"),
        beside=_C_BESIDE,
        compile=("{tool}", *_C_OPTIONS, "-o", "main", "main.c", "-lm"),
        run=("./main",),
        example='#include <stdio.h>\n\nint main(void) {\n    puts("Hello, world!");\n}\n',
    ),
    Language(
        id="cpp",
        name="C++",
        aliases=("c++", "cxx"),
        endings=(".cpp", ".cc", ".cxx", ".hpp", ".hh", ".hxx"),
        mode="cpp",
        indent=4,
        tools=("g++", "clang++", "c++"),
        beside=_C_BESIDE,
        compile=("{tool}", *_C_OPTIONS, "-o", "main", "main.cpp"),
        run=("./main",),
        example='#include <iostream>\n\nint main() {\n    std::cout << "Hello, world!\\n";\n}\n',
    ),
    Language(
        id="go",
        name="Go",
        aliases=("golang",),
        endings=(".go",),
        mode="go",
        indent=0,
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
        caps=replace(ROOMY, files_open=1024, file_size=64 * MIB, disk=256 * MIB),
        example=(
            'package main\n\nimport "fmt"\n\nfunc main() {\n\tfmt.Println("Hello, world!")\n}\n'
        ),
    ),
    Language(
        id="rust",
        name="Rust",
        aliases=("rs",),
        endings=(".rs",),
        mode="rust",
        indent=4,
        tools=("rustc",),
        needs=("cc",),
        compile=("{tool}", "--edition", "2021", "-C", "opt-level=1", "-o", "main", "main.rs"),
        run=("./main",),
        caps=replace(Caps(), files_open=256),
        example='fn main() {\n    println!("Hello, world!");\n}\n',
    ),
    Language(
        id="java",
        name="Java",
        endings=(".java",),
        mode="java",
        indent=4,
        file_name="Main.java",
        tools=("java",),
        needs=("javac",),
        prepare=java.prepare,
        compile=("{javac}", *(f"-J{option}" for option in _JVM), "-d", ".", "Main.java"),
        compile_timeout=20.0,
        run=("{tool}", *_JVM, "-cp", ".", "{main}"),
        caps=ROOMY,
        example=(
            "class Main {\n    public static void main(String[] arguments) {\n"
            '        System.out.println("Hello, world!");\n    }\n}\n'
        ),
    ),
    Language(
        id="ruby",
        name="Ruby",
        aliases=("rb",),
        endings=(".rb",),
        mode="ruby",
        tools=("ruby",),
        beside={unbuffered.RUBY_FILE: unbuffered.RUBY_TEXT},
        run=("{tool}", f"-r./{unbuffered.RUBY_FILE}", "main.rb"),
        example='name = "world"\nputs "Hello, #{name}!"\n',
    ),
    Language(
        id="perl",
        name="Perl",
        aliases=("pl",),
        endings=(".pl", ".pm"),
        mode="perl",
        indent=4,
        tools=("perl",),
        run=("{tool}", unbuffered.PERL_OPTION, "main.pl"),
        example='use strict;\nuse warnings;\n\nmy $name = "world";\nprint "Hello, $name!\\n";\n',
    ),
    Language(
        id="lua",
        name="Lua",
        endings=(".lua",),
        mode="lua",
        tools=("lua", "lua5.4", "lua5.3", "luajit"),
        run=("{tool}", "-e", unbuffered.LUA_STATEMENT, "main.lua"),
        example='local name = "world"\nprint("Hello, " .. name .. "!")\n',
    ),
    Language(
        id="php",
        name="PHP",
        endings=(".php",),
        mode="php",
        indent=4,
        tools=("php",),
        run=("{tool}", "main.php"),
        example='<?php\n$name = "world";\necho "Hello, $name!\\n";\n',
    ),
    Language(
        id="html",
        name="HTML",
        endings=(".html", ".htm"),
        mode="html",
    ),
    Language(
        id="css",
        name="CSS",
        endings=(".css",),
        mode="css",
    ),
    Language(
        id="json",
        name="JSON",
        endings=(".json",),
        mode="json",
    ),
    Language(
        id="markdown",
        name="Markdown",
        aliases=("md",),
        endings=(".md", ".markdown"),
        mode="markdown",
    ),
    Language(
        id="sql",
        name="SQL",
        endings=(".sql",),
        mode="sql",
    ),
    Language(
        id="yaml",
        name="YAML",
        aliases=("yml",),
        endings=(".yaml", ".yml"),
        mode="yaml",
    ),
    Language(
        id="text",
        name="Plain text",
        aliases=("plain", "txt"),
        endings=(".txt",),
        mode="text",
        indent=0,
    ),
)
