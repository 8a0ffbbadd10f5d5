"""Nothing that a program printed is lost or out of order, whatever ended it."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest

from collabpad.runs.runner import Runner
from collabpad.sandbox import Sandbox
from collabpad.settings import Settings
from tests.runs import ordinary_user
from tests.runs.conftest import Audience
from tests.runs.endings import LAST_WORD, LINES, PROGRAMS, QUESTION
from tests.runs.here import runnable

NUMBERS = "".join(f"{number}\n" for number in range(LINES))
ROOT = Path(__file__).parents[2]
SOMEBODY = 61234  # an ordinary user that no account has


@pytest.fixture
def every_runner(every_sandbox: Sandbox) -> Runner:
    """A runner over each backend in turn."""
    return Runner(every_sandbox, Settings(run_timeout=30.0))


def told_by(runner: Runner, language: str, code: str) -> str:
    """What a page shows of a program that is answered, and stopped if it does not end by itself."""
    audience = Audience()
    run = runner.start("key", code=code, language=language, stdin="", on_event=audience)
    audience.wait_for_text(QUESTION)
    runner.write_stdin("key", run, "Ada\n")
    audience.wait_for_text(LAST_WORD)
    if runner.current("key"):
        runner.stop("key", run)
    audience.wait_for_end()
    return "".join(text for stream, text in audience.in_order if stream != "stdin")


@pytest.mark.parametrize("language", PROGRAMS)
def test_a_program_that_dies_has_said_all(every_runner: Runner, language: str) -> None:
    if language not in runnable(every_runner):
        pytest.skip(f"platform: {language} is not installed here")
    told = told_by(every_runner, language, PROGRAMS[language])
    assert told.startswith(NUMBERS + QUESTION + LAST_WORD)


ENDINGS = {
    "exit": "process.exit(3);",
    "a throw": "throw new Error('over');",
    "a rejection": "Promise.reject(new Error('over'));",
    "a signal": "process.kill(process.pid, 'SIGSEGV');",
    "its end": "",
}


@pytest.mark.parametrize("ending", ENDINGS)
def test_javascript_that_ends_at_once_has_said_all(every_runner: Runner, ending: str) -> None:
    code = """
for (let number = 0; number < 200; number++) (number % 2 ? console.error : console.log)(number);
"""
    result = every_runner.run_once(code + ENDINGS[ending], "javascript")
    assert result.output.startswith(NUMBERS)


@pytest.mark.parametrize("language", ["javascript", "python"])
def test_more_than_a_pipe_holds_arrives(every_runner: Runner, language: str) -> None:
    """Python by asyncio, which writes as Node.js does."""
    codes = {
        "javascript": (
            "for (let line = 0; line < 3000; line++) console.log('x'.repeat(59));\nprocess.exit(3);"
        ),
        "python": """
import asyncio, os, sys
async def main():
    loop = asyncio.get_running_loop()
    transport, _ = await loop.connect_write_pipe(asyncio.Protocol, sys.stdout)
    for _ in range(3000):
        transport.write(b"x" * 59 + b"\\n")
    os._exit(3)
asyncio.run(main())
""",
    }
    result = every_runner.run_once(codes[language], language)
    assert (len(result.stdout), result.exit_code) == (180_000, 3), result.stderr


@pytest.mark.slow
def test_the_same_goes_for_the_server_of_an_ordinary_user(
    every_sandbox: Sandbox, tmp_path_factory: pytest.TempPathFactory
) -> None:
    if os.geteuid() != 0:
        pytest.skip("kernel: the tests are run by an ordinary user, and so was all of the above")
    home = tmp_path_factory.mktemp("home")
    said = subprocess.run(
        ["/usr/bin/python3", ordinary_user.__file__, every_sandbox.name],
        env={"PATH": os.environ["PATH"], "HOME": str(home), "PYTHONPATH": str(ROOT)}
        | {"PYTHONDONTWRITEBYTECODE": "1"},
        cwd="/",
        capture_output=True,
        check=True,
        timeout=120,
        user=SOMEBODY,
        group=SOMEBODY,
        extra_groups=[],
    )
    outputs = json.loads(said.stdout)
    if "problem" in outputs:
        pytest.skip(f"kernel: {outputs['problem']}")
    assert outputs.pop("by name") == "Ada\nerr\n"
    assert "python" in outputs
    for language, output in outputs.items():
        assert output.startswith(NUMBERS + QUESTION + LAST_WORD), language
