"""The table of languages, and its examples run by whatever is installed here."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

import collabpad
from collabpad.errors import BadRequest, UsageProblem
from collabpad.language_settings import EDITOR_MODES, parse_language
from collabpad.runs import tools
from collabpad.runs.builtin_languages import BUILTIN_LANGUAGES
from collabpad.runs.installed import survey
from collabpad.runs.languages import Languages
from collabpad.runs.runner import Runner
from collabpad.sandbox import Sandbox
from collabpad.sandbox.container import Container
from collabpad.settings import Settings
from tests.runs.conftest import MakeRunner
from tests.runs.here import installed, runnable

RUNNABLE = [language.id for language in BUILTIN_LANGUAGES if language.run]
INPUT = {
    "python": "print(input()[::-1])",
    "javascript": (
        "process.stdin.on('data', (data) =>"
        " console.log(String(data).trim().split('').reverse().join('')))"
    ),
    "shell": "read word; echo $word | rev",
    "c": (
        "#include <stdio.h>\n"
        "int main(void) { int a = getchar(), b = getchar(), c = getchar();"
        ' printf("%c%c%c\\n", c, b, a); }'
    ),
    "cpp": (
        "#include <iostream>\n#include <string>\n"
        "int main() { std::string word; std::cin >> word;"
        " std::cout << std::string(word.rbegin(), word.rend()) << std::endl; }"
    ),
    "rust": (
        "fn main() { let mut word = String::new(); std::io::stdin().read_line(&mut word).unwrap();"
        ' println!("{}", word.trim().chars().rev().collect::<String>()); }'
    ),
    "java": (
        "import java.util.Scanner; class Any { public static void main(String[] arguments) {"
        " String word = new Scanner(System.in).nextLine();"
        " System.out.println(new StringBuilder(word).reverse()); } }"
    ),
    "go": (
        'package main\nimport "fmt"\nfunc main() { var word string; fmt.Scan(&word)\n'
        "for at := len(word) - 1; at >= 0; at-- { fmt.Print(string(word[at])) }\nfmt.Println() }"
    ),
    "perl": 'my $word = <STDIN>; chomp $word; print scalar reverse($word), "\\n";',
    "ruby": "puts gets.chomp.reverse",
    "lua": "print(io.read():reverse())",
    "php": '<?php echo strrev(trim(fgets(STDIN))), "\\n";',
}
WRONG = {
    "c": "int main(void) { return nothing; }",
    "cpp": "int main() { return nothing; }",
    "rust": "fn main() { nothing }",
    "go": "package main\nfunc main() { nothing }",
}


@pytest.fixture
def roomy(make_runner: MakeRunner) -> Runner:
    """A runner that is not in a hurry, for compilers on a busy machine."""
    return make_runner(run_timeout=30.0)


def require(runner: Runner, language: str) -> None:
    if language not in runnable(runner):
        pytest.skip(f"platform: {language} is not installed here")


def test_python_is_always_there(roomy: Runner) -> None:
    assert roomy.language(None).id == "python"
    assert runnable(roomy)[0] == "python"


@pytest.mark.parametrize("language", RUNNABLE)
def test_the_example_says_hello(roomy: Runner, language: str) -> None:
    require(roomy, language)
    result = roomy.run_once(roomy.language(language).example, language)
    assert (result.stdout, result.verdict) == ("Hello, world!\n", "ok"), result.stderr
    assert result.stderr == ""


@pytest.mark.parametrize("language", INPUT)
def test_programs_read_their_input(roomy: Runner, language: str) -> None:
    require(roomy, language)
    result = roomy.run_once(INPUT[language], language, "abc\n")
    assert result.stdout == "cba\n", result.stderr


@pytest.mark.parametrize("language", WRONG)
def test_a_compiler_says_what_is_wrong(roomy: Runner, language: str) -> None:
    require(roomy, language)
    result = roomy.run_once(WRONG[language], language)
    assert result.verdict == "error"
    assert result.exit_code
    assert "nothing" in result.stderr
    assert roomy.language(language).main_file in result.stderr


def test_every_language_is_told_of_with_whether_it_runs(roomy: Runner) -> None:
    view = {str(each["id"]): each for each in roomy.languages_view()}
    assert set(RUNNABLE) | {"text"} <= set(view)
    assert view["python"] == {
        "id": "python",
        "title": "Python",
        "aliases": ("py", "python3"),
        "endings": (".py", ".pyw"),
        "mode": "python",
        "indent": 4,
        "runnable": True,
    }
    assert (view["text"]["runnable"], view["text"]["reason"]) == (False, "no_program")
    assert roomy.knows("text")
    assert not roomy.knows("klingon")


def test_a_language_that_is_gone_is_still_told_of(roomy: Runner) -> None:
    """Its sessions stay, as plain text, when it is taken out of the config file."""
    last = roomy.languages_view("klingon")[-1]
    assert (last["id"], last["mode"], last["runnable"]) == ("klingon", "text", False)
    assert roomy.ending("klingon") == ".txt"


def test_the_page_has_each_mode_of_the_table() -> None:
    page = Path(collabpad.__file__).parent / "static" / "js" / "languages.js"
    source = page.read_text(encoding="utf-8")
    table = source[source.index("const MODES") :]
    known = set(re.findall(r"^  (\w+): \{", table[: table.index("});")], re.MULTILINE))
    assert known == set(EDITOR_MODES) == {each.mode for each in BUILTIN_LANGUAGES}


def test_a_tool_of_a_version_manager_is_looked_through(
    sandbox: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shims, real = tmp_path / "shims", tmp_path / "versions" / "bin"
    for folder in (shims, real):
        folder.mkdir(parents=True)
        tool = folder / "ruby"
        tool.write_text("#!/bin/sh\n")
        tool.chmod(0o755)
    monkeypatch.setenv("PATH", f"{shims}:{real}")
    found = tools.find_tool(["ruby"], Settings(), sandbox)
    assert found is not None
    assert found.path == str(real / "ruby")
    assert found.readable == (str(real.parent),)


def test_a_tool_beside_private_files_is_not_offered(
    sandbox: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / ".local" / "bin"
    folder.mkdir(parents=True)
    (folder / "lua").write_text("#!/bin/sh\n")
    (folder / "lua").chmod(0o755)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("PATH", str(folder))
    assert tools.find_tool(["lua"], Settings(), sandbox) is None


def test_rust_is_found_behind_rustup(
    sandbox: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    chain = tmp_path / "toolchains" / "stable" / "bin"
    proxies = tmp_path / "cargo"
    for path in (chain / "rustc", proxies / "rustup"):
        path.parent.mkdir(parents=True)
        path.write_text("#!/bin/sh\n")
        path.chmod(0o755)
    (proxies / "rustc").symlink_to("rustup")
    (tmp_path / "settings.toml").write_text('default_toolchain = "stable"\n')
    monkeypatch.setenv("RUSTUP_HOME", str(tmp_path))
    monkeypatch.setenv("PATH", str(proxies))
    found = tools.find_tool(["rustc"], Settings(), sandbox)
    assert found is not None
    assert found.path == str(chain / "rustc")


@pytest.mark.parametrize(("said", "there"), [("v22.6.0", True), ("v20.20.2", False), ("", False)])
def test_typescript_needs_a_node_that_knows_it(
    sandbox: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, said: str, there: bool
) -> None:
    node = tmp_path / "bin" / "node"
    node.parent.mkdir()
    node.write_text(f"#!/bin/sh\necho {said}\n")
    node.chmod(0o755)
    monkeypatch.setenv("PATH", f"{node.parent}:/bin")
    monkeypatch.setattr(tools, "hidden_from_runs", lambda paths: False)
    assert ("typescript" in installed(Settings(), sandbox)) is there
    if not there:
        assert survey(Languages(), Settings(), sandbox)["typescript"] == "too_old"
    monkeypatch.setenv("PATH", str(node.parent))
    assert survey(Languages(), Settings(), sandbox)["ruby"] == "not_installed"


def test_an_image_brings_its_own_tools() -> None:
    image = Container("podman", "image", frozenset({"python3", "node", "cc", "sh"}))
    found = installed(Settings(), image)
    assert list(found) == ["python", "javascript", "shell", "c"]
    assert found["python"].tool.path == "python3"


def test_the_tools_of_this_machine_are_offered(roomy: Runner) -> None:
    """What is installed plainly is found."""
    offered = runnable(roomy)
    for program, language in (("perl", "perl"), ("gcc", "c"), ("node", "javascript")):
        if shutil.which(program, path="/usr/bin"):
            assert language in offered
    assert subprocess.run(["sh", "-c", ":"]).returncode == 0


# --- languages of the config file -----------------------------------------------------------------

AWK = {
    "name": "AWK",
    "run": ["awk", "-f", "{file}"],
    "aliases": ["gawk"],
    "example": 'BEGIN { print "Hello, world!" }',
}
OWN_C = {
    "name": "C99",
    "compile": "gcc -x c -std=c99 -o program {file}",
    "run": ["./program", "--flag"],
    "endings": ["c99", ".h99"],
    "mode": "c",
    "indent": 4,
    "environment": {"MARK": "mine"},
}


def server_with(make_runner: MakeRunner, **tables: object) -> Runner:
    more = (parse_language(name, table, name) for name, table in tables.items())
    return make_runner(run_timeout=30.0, languages=tuple(more))


def test_a_configured_language_runs_in_the_sandbox(make_runner: MakeRunner) -> None:
    runner = server_with(make_runner, awk=AWK)
    require(runner, "awk")
    result = runner.run_once(runner.language("awk").example, "gawk")
    assert (result.stdout, result.verdict) == ("Hello, world!\n", "ok"), result.stderr
    assert runner.run_once("{ print $2 }", "awk", "one two\n").stdout == "two\n"
    escape = 'BEGIN { while (("cat /etc/shadow" | getline line) > 0) print line }'
    if runner.sandbox_view()["isolated"]:
        assert runner.run_once(escape, "awk").stdout == ""


def test_a_configured_language_can_be_compiled(make_runner: MakeRunner) -> None:
    runner = server_with(make_runner, c99=OWN_C)
    require(runner, "c99")
    code = (
        "#include <stdio.h>\n#include <stdlib.h>\n"
        'int main(int count, char **words) { printf("%s %s", words[1], getenv("MARK")); }'
    )
    assert runner.run_once(code, "c99").stdout == "--flag mine"
    wrong = runner.run_once("int main(void) { return nothing; }", "c99")
    assert (wrong.verdict, "main.c99" in wrong.stderr) == ("error", True)


def test_it_is_shown_before_plain_text_with_what_the_page_needs(make_runner: MakeRunner) -> None:
    view = server_with(make_runner, c99=OWN_C).languages_view()
    assert [each["id"] for each in view[-2:]] == ["c99", "text"]
    told = {key: view[-2][key] for key in ("title", "endings", "mode", "indent")}
    assert told == {"title": "C99", "endings": (".c99", ".h99"), "mode": "c", "indent": 4}


def test_a_program_that_is_missing_is_told_of(make_runner: MakeRunner) -> None:
    runner = server_with(make_runner, none={"name": "None", "run": ["no-such-program", "{file}"]})
    (row,) = [each for each in runner.languages_view() if each["id"] == "none"]
    assert (row["runnable"], row["reason"]) == (False, "not_installed")
    with pytest.raises(BadRequest, match="None cannot be run"):
        runner.run_once("", "none")


@pytest.mark.parametrize("taken", ["python", "py"])
def test_a_name_is_one_language_s(make_runner: MakeRunner, taken: str) -> None:
    with pytest.raises(UsageProblem, match=f"^awk cannot have the name {taken}, which Python has"):
        server_with(make_runner, awk={**AWK, "aliases": [taken]})


def test_what_is_built_in_stays(make_runner: MakeRunner) -> None:
    with pytest.raises(UsageProblem, match="python"):
        server_with(make_runner, python=AWK)
