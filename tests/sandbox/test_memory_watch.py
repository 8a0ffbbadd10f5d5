"""Ending a run for the memory that it takes, whatever else the server does meanwhile."""

from __future__ import annotations

import threading
from dataclasses import replace
from pathlib import Path

import gevent
import pytest

from collabpad.sandbox import Caps, Exit, Output, Sandbox, memory_watch, process_tree
from collabpad.sandbox.execution import ProcessExecution
from collabpad.sandbox.host_memory import Table
from tests.sandbox.shooting_range import survivors
from tests.sandbox.stories import Story, becomes_true, program, run

SMALL = replace(Caps(), memory=96 << 20)

GREEDY = """
print("begun", flush=True)
blocks = []
while True:
    blocks.append(bytearray(b"x") * (1 << 20))
"""


def test_it_does_not_take_the_loop_to_end_it(sandbox: Sandbox) -> None:
    """Nobody iterates, as when the server is busy with something else."""
    marked = {"MARK": f"greedy-{sandbox.name}", **sandbox.python.environment}
    spec = program(sandbox, GREEDY, caps=SMALL, timeout=60, environment=marked)
    events = iter(sandbox.run(spec))
    while not isinstance(next(events), Output):
        pass
    assert becomes_true(lambda: not survivors(marked["MARK"]))
    *_, last = events
    assert isinstance(last, Exit)
    assert last.cause == "memory_limit"


def test_files_in_memory_count(bubblewrap: Sandbox) -> None:
    code = """
for folder in ("/pad", "/tmp", "/dev/shm"):
    for number in range(4 if folder != "/dev/shm" else 1):
        open(f"{folder}/{number}", "wb").write(bytes(15 << 20))
input()
"""
    story = run(bubblewrap, code, caps=SMALL, interactive=True, timeout=30)
    assert story.exit.cause == "memory_limit"


def test_the_kernel_would_kill_the_program_before_the_server(sandbox: Sandbox) -> None:
    code = """
import subprocess, sys, time
try:
    open("/proc/self/oom_score_adj", "w").write("0")
except OSError:
    pass
subprocess.Popen([sys.executable, "-S", "-c", "import time; time.sleep(600)"])
print("ready", flush=True)
time.sleep(600)
"""
    own = Path("/proc/self/oom_score_adj").read_text(encoding="ascii")
    execution = sandbox.run(program(sandbox, code, timeout=60))
    assert isinstance(execution, ProcessExecution)
    scores: list[int] = []

    def look() -> bool:
        family = process_tree.members(execution._termination.root())[1:]
        scores[:] = [
            int(Path(f"/proc/{pid}/oom_score_adj").read_text(encoding="ascii")) for pid in family
        ]
        return len(scores) >= 2

    for event in execution:
        if isinstance(event, Output) and not scores:
            assert becomes_true(look)
            execution.stop()
    assert set(scores) == {1000} or sandbox.name == "limits", "where it may give itself another"
    assert Path("/proc/self/oom_score_adj").read_text(encoding="ascii") == own


def test_a_hoard_is_weighed_in_a_thread_and_not_in_the_loop(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    weighing: set[int] = set()
    exceeds = memory_watch.WatchedRun.exceeds

    def noted(self: memory_watch.WatchedRun, host: Table, now: float) -> bool:
        weighing.add(threading.get_native_id())
        return exceeds(self, host, now)

    monkeypatch.setattr(memory_watch.WatchedRun, "exceeds", noted)
    code = """
import os, socket
for _ in range(40):
    if os.fork() == 0:
        break
kept = []
while True:
    try:
        kept.append(socket.socketpair())
    except OSError:
        continue
    for end in kept[-1]:
        end.setblocking(False)
        try:
            while True:
                end.send(bytes(1 << 16))
        except BlockingIOError:
            pass
"""
    story = gevent.spawn(run, sandbox, code, caps=SMALL, timeout=30).get()
    assert story.exit.cause == "memory_limit"
    assert len(weighing - {threading.get_native_id()}) == len(weighing) == 1


@pytest.mark.slow
def test_ordinary_programs_go_on(sandbox: Sandbox) -> None:
    """Much memory taken and given back, beside sockets, pipes, locks and shared memory."""
    code = """
import asyncio, fcntl, mmap, os, socket, sqlite3, tempfile
from concurrent.futures import ThreadPoolExecutor

for _ in range(4):
    block = bytearray(b"x") * (250 << 20)
    del block
here, there = socket.socketpair()
here.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1 << 20)
shared = mmap.mmap(-1, 16 << 20)
shared[:] = b"y" * len(shared)
database = sqlite3.connect("test.sqlite")
database.execute("create table t (n)")
with database:
    database.executemany("insert into t values (?)", [(n,) for n in range(20_000)])
with tempfile.TemporaryFile() as file:
    file.write(bytes(8 << 20))
    fcntl.lockf(file, fcntl.LOCK_EX)
with ThreadPoolExecutor(8) as threads:
    print(sum(threads.map(abs, range(1000))))

async def talk():
    reader, writer = await asyncio.open_connection(sock=here)
    other, _ = await asyncio.open_connection(sock=there)
    writer.write(b"z" * (4 << 20))
    print(len(await other.readexactly(4 << 20)))

asyncio.run(talk())
for _ in range(20):
    if os.fork() == 0:
        os._exit(0)
    os.wait()
print("done")
"""
    story = run(sandbox, code, timeout=60)
    assert story.output == b"499500\n4194304\ndone\n", (story.output, story.exit)


@pytest.mark.slow
def test_many_connections_to_itself_are_no_hoard(bubblewrap: Sandbox) -> None:
    code = """
import asyncio

async def echo(reader, writer):
    while line := await reader.readline():
        writer.write(line)
    writer.close()

async def ask(port):
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    for _ in range(20):
        writer.write(b"x" * 60_000 + b"\\n")
        await reader.readline()
    writer.close()

async def main():
    server = await asyncio.start_server(echo, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    await asyncio.gather(*(ask(port) for _ in range(20)))
    print("done")

asyncio.run(main())
"""
    story: Story = run(bubblewrap, code, timeout=60)
    assert story.output == b"done\n", (story.output, story.exit)
