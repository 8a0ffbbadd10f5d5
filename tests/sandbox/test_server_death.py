"""A server that is killed in the middle of a run leaves nothing of it running."""

from __future__ import annotations

import os
import secrets
import subprocess
import sys
from pathlib import Path

from collabpad.sandbox import Sandbox
from tests.sandbox.shooting_range import survivors
from tests.sandbox.stories import becomes_true

ROOT = Path(__file__).parents[2]
SERVER = """
import sys
from collabpad.sandbox import Output, open_sandbox
from collabpad.settings import Settings
from tests.sandbox.stories import program

PROGRAM = '''
import os, time
for leave in (False, True, True):
    if os.fork() == 0:
        if leave:
            os.setsid()
        time.sleep(600)
print("ready", flush=True)
time.sleep(600)
'''
sandbox = open_sandbox(Settings(run_backend=sys.argv[1]))
spec = program(sandbox, PROGRAM, environment={"MARK": sys.argv[2]}, timeout=600.0)
for event in sandbox.run(spec):
    if isinstance(event, Output):
        sys.stdout.write(event.data.decode())
        sys.stdout.flush()
"""


def test_nothing_outlives_a_killed_server(sandbox: Sandbox, tmp_path: Path) -> None:
    mark = f"mark-{secrets.token_hex(8)}"
    server = subprocess.Popen(
        [sys.executable, "-c", SERVER, sandbox.name, mark],
        cwd=ROOT,
        env={**os.environ, "TMPDIR": str(tmp_path)},
        stdout=subprocess.PIPE,
    )
    assert server.stdout is not None
    assert server.stdout.read(5) == b"ready"
    assert survivors(mark), "the marked program is running"
    server.kill()
    server.wait()
    server.stdout.close()
    assert becomes_true(lambda: not survivors(mark))
    assert becomes_true(lambda: not list(tmp_path.glob("collabpad-run-*")))
