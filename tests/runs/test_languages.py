"""The table of languages, and its examples run by whatever is installed here."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from collabpad.runs import languages, tools
from collabpad.runs.runner import Runner
from collabpad.sandbox import Sandbox
from collabpad.sandbox.container import Container
from collabpad.settings import Settings
from tests.runs.conftest import MakeRunner

RUNNABLE = [language.id for language in languages.TABLE if language.run]
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
    if language not in [each.id for each in runner.languages]:
        pytest.skip(f"platform: {language} is not installed here")


def test_python_is_always_there(roomy: Runner) -> None:
    assert roomy.default_language == "python"
    assert roomy.languages[0].id == "python"


@pytest.mark.parametrize("language", RUNNABLE)
def test_the_example_says_hello(roomy: Runner, language: str) -> None:
    require(roomy, language)
    result = roomy.run_once(roomy.example(language), language)
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
    assert language_file(language) in result.stderr


def language_file(language: str) -> str:
    return languages.BY_ID[language].file_name


def test_every_language_is_told_of_with_whether_it_runs(roomy: Runner) -> None:
    view = {str(each["id"]): each for each in roomy.languages_view()}
    assert set(RUNNABLE) | {"text"} <= set(view)
    assert view["python"] == {"id": "python", "title": "Python", "runnable": True}
    assert view["text"] == {
        "id": "text",
        "title": "Plain text",
        "runnable": False,
        "reason": "no_program",
    }
    assert roomy.knows("text")
    assert not roomy.knows("klingon")


def test_the_editor_knows_the_same_languages() -> None:
    page = Path(languages.__file__).parents[1] / "static" / "js" / "languages.js"
    source = page.read_text(encoding="utf-8")
    table = source[source.index("const LANGUAGES") : source.index("});")]
    known = set(re.findall(r"^  (\w+): \{", table, re.MULTILINE))
    assert known == set(languages.BY_ID)


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
    assert ("typescript" in languages.available(Settings(), sandbox)) is there
    if not there:
        assert languages.survey(Settings(), sandbox)["typescript"] == "too_old"
    monkeypatch.setenv("PATH", str(node.parent))
    assert languages.survey(Settings(), sandbox)["ruby"] == "not_installed"


def test_an_image_brings_its_own_tools() -> None:
    image = Container("podman", "image", frozenset({"python3", "node", "cc", "sh"}))
    found = languages.available(Settings(), image)
    assert list(found) == ["python", "javascript", "shell", "c"]
    assert found["python"].tool.path == "python3"


def test_the_tools_of_this_machine_are_offered(roomy: Runner) -> None:
    """What is installed plainly is found."""
    offered = {each.id for each in roomy.languages}
    for program, language in (("perl", "perl"), ("gcc", "c"), ("node", "javascript")):
        if shutil.which(program, path="/usr/bin"):
            assert language in offered
    assert subprocess.run(["sh", "-c", ":"]).returncode == 0
