"""The container backend: what it asks of an engine, and a run where one is.

Where there is no engine, a script stands for it that runs the container's shell as it is.
"""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest

from collabpad.errors import StartError
from collabpad.sandbox import Event, Output, RunSpec, open_sandbox
from collabpad.sandbox.container import Container
from collabpad.settings import Settings
from tests.runs.here import installed
from tests.sandbox.stories import Story

ENGINE = """#!/bin/sh
place={place}
case $1 in
    create)
        for word; do echo "$word"; done >$place/words
        printf '%s' "$word" >$place/script
        echo the-id ;;
    start)
        mkdir -p $place/pad && cd $place/pad && exec setsid -w /bin/sh -c \
            'echo $$ >{place}/group; exec /bin/sh {place}/script' ;;
    kill)
        echo "$2" >$place/killed
        kill -9 "-$(cat $place/group)" ;;
esac
"""
SPEC = RunSpec(
    command=("python3", "main.py"),
    files={"main.py": "print('grüße', input())".encode()},
    stdin=b"you\n",
)


@pytest.fixture
def engine(tmp_path: Path) -> Path:
    path = tmp_path / "podman"
    path.write_text(ENGINE.format(place=tmp_path))
    path.chmod(0o755)
    return path


@pytest.fixture
def container(engine: Path) -> Container:
    return Container(str(engine), "python:3")


def test_the_container_is_fenced_in(engine: Path, container: Container) -> None:
    Story(container.run(SPEC))
    words = engine.with_name("words").read_text().splitlines()
    given = dict(pairwise(words))
    assert given["--network"] == "none"
    assert given["--cap-drop"] == "ALL"
    assert given["--security-opt"] == "no-new-privileges"
    assert given["--user"] == "65534:65534"
    assert given["--memory"] == given["--memory-swap"] == str(512 << 20)
    assert given["--pids-limit"] == "64"
    assert {"--read-only", "--rm", "--init", "--interactive"} <= set(words)
    assert not any("volume" in word or "type=bind" in word for word in words)
    assert "python:3" in words


def test_code_and_input_go_in_and_output_comes_out(container: Container) -> None:
    story = Story(container.run(SPEC))
    assert story.said("stdout") == "grüße you\n".encode()
    assert (story.exit.cause, story.exit.exit_code) == ("exit", 0)


@pytest.mark.parametrize("size", [0, 1, 70_000, 250_000])
def test_code_of_every_size_goes_in_whole(container: Container, size: int) -> None:
    spec = replace(SPEC, files={"main.py": b"print(input())#" + b"x" * size})
    assert Story(container.run(spec)).said("stdout") == b"you\n"


def test_output_that_waits_when_a_program_exits_is_not_lost(container: Container) -> None:
    if shutil.which("node") is None:
        pytest.skip("platform: Node.js is not installed here")
    image = replace(container, image_programs=frozenset({"node"}))
    language = installed(Settings(), image)["javascript"]
    code = b"for (let line = 0; line < 2000; line++) console.log(line); process.exit(3);"
    spec = language.spec(code, stdin=b"", interactive=False, timeout=30.0, output=1 << 18)
    story = Story(container.run(spec))
    assert story.said("stdout").split() == [b"%d" % line for line in range(2000)]
    assert story.exit.exit_code == 3


def test_its_exit_code_is_told(container: Container) -> None:
    spec = replace(SPEC, files={"main.py": b"import sys; sys.exit(7)"})
    assert Story(container.run(spec)).exit.exit_code == 7


def test_it_can_be_talked_to(container: Container) -> None:
    spec = replace(SPEC, stdin=b"", interactive=True, files={"main.py": b"print(input('? '))"})
    execution = container.run(spec)

    def events() -> Iterator[Event]:
        for event in execution:
            yield event
            if isinstance(event, Output) and event.data == b"? ":
                execution.write_stdin(b"yes\n")

    assert Story(events()).output == b"? yes\n"


def test_the_clock_kills_the_container_by_name(engine: Path, container: Container) -> None:
    spec = replace(SPEC, files={"main.py": b"while True: pass"}, timeout=0.5)
    story = Story(container.run(spec))
    assert story.exit.cause == "timeout"
    words = engine.with_name("words").read_text().splitlines()
    assert engine.with_name("killed").read_text().strip() == words[words.index("--name") + 1]


def test_compiling_comes_first(container: Container) -> None:
    spec = replace(SPEC, compile=("cp", "main.py", "made.py"), command=("python3", "made.py"))
    assert Story(container.run(spec)).said("stdout") == "grüße you\n".encode()


def test_an_engine_that_refuses_is_no_start(engine: Path, container: Container) -> None:
    engine.write_text("#!/bin/sh\necho no such image >&2\nexit 125\n")
    story = Story(container.run(SPEC))
    assert story.exit.cause == "failed"
    assert story.exit.detail == "no such image"
    assert b"no such image" not in story.output


def test_the_tools_are_those_of_the_image(engine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", f"{engine.parent}:/usr/bin:/bin")
    sandbox = open_sandbox(Settings(run_backend="container", run_image="python:3"))
    assert (sandbox.name, sandbox.isolated, sandbox.tools) == ("container", True, "image")
    assert "sh" in sandbox.image_programs
    assert "no-such-program" not in sandbox.image_programs


def test_an_image_that_does_not_run_is_said(engine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    engine.write_text("#!/bin/sh\necho no such image >&2\nexit 125\n")
    monkeypatch.setenv("PATH", f"{engine.parent}:/usr/bin:/bin")
    with pytest.raises(StartError, match=r"podman cannot run python:3 \(no such image\)"):
        open_sandbox(Settings(run_backend="container", run_image="python:3"))


def test_a_real_container(image: str) -> None:
    sandbox = open_sandbox(Settings(run_backend="container", run_image=image))
    code = b"import os; print(os.getuid(), os.listdir('/sys/class/net'))"
    story = Story(sandbox.run(replace(SPEC, files={"main.py": code})))
    assert story.said("stdout") == b"65534 ['lo']\n"


@pytest.fixture
def image() -> str:
    """An image with Python of an engine that runs here."""
    for engine in ("podman", "docker"):
        try:
            listed = subprocess.run(
                [engine, "images", "--format", "{{.Repository}}:{{.Tag}}"],
                capture_output=True,
                text=True,
                timeout=10,
            )
        except (OSError, subprocess.TimeoutExpired):
            continue
        for name in listed.stdout.split():
            if "python" in name:
                return name
    pytest.skip("kernel: no container engine with a Python image runs here")
