"""Runs attacks in a backend, each with targets of its own to hit, and says what was hit.

Started by path, as the user whose server is attacked, for the tests themselves may be another one:
    python shooting_range.py BACKEND ATTACK...
prints one JSON object a line. Imports nothing but the sandbox and the standard library.
"""

from __future__ import annotations

import contextlib
import dataclasses
import json
import os
import resource
import secrets
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from collabpad.sandbox import Caps, Exit, Output, RunSpec, Sandbox, open_sandbox
from collabpad.settings import Settings

SECRET = "CANARY-SECRET"
AT_ONCE = 6
ATTACKS = Path(__file__).with_name("attacks")


@dataclasses.dataclass
class Shot:
    """What came of one attack; `hit` names every target that it reached."""

    attack: str
    cause: str
    exit_code: int | None
    signal: str | None
    duration: float
    said: str
    hit: list[str]


@dataclasses.dataclass(frozen=True)
class Header:
    """What an attack's docstring says of it."""

    title: str
    expect: frozenset[str]
    limits: str
    seconds: float


def header(attack: str) -> Header:
    text = ATTACKS.joinpath(f"{attack}.py").read_text(encoding="utf-8").split('"""')[1]
    fields = dict(line.split(": ", 1) for line in text.splitlines()[1:] if ": " in line)
    return Header(
        title=text.splitlines()[0],
        expect=frozenset(fields["expect"].split(", ")),
        limits=fields["limits"],
        seconds=float(fields["seconds"]),
    )


class Targets:
    """A server's home with a key in it, a process of its own, and listeners of every kind."""

    def __init__(self, folder: Path) -> None:
        self.home = folder / "home"
        self.home.mkdir(mode=0o755)
        self.key = self.home / "id_key"
        self.key.write_text(f"{SECRET} of the key")
        self.key.chmod(0o600)
        self.home.chmod(0o700)
        self._stat = self._look()
        self.process = subprocess.Popen(
            ["/bin/cat", "-", "CANARY-ARGUMENT"], env={"TOKEN": SECRET}, stdin=subprocess.PIPE
        )
        self.limits = resource.prlimit(self.process.pid, resource.RLIMIT_NOFILE)
        self.listeners = {
            "TCP": socket.create_server(("127.0.0.1", 0)),
            "UDP": socket.socket(socket.AF_INET, socket.SOCK_DGRAM),
            "ABSTRACT": socket.socket(socket.AF_UNIX),
            "SOCKET": socket.socket(socket.AF_UNIX),
        }
        self.abstract = f"canary-{secrets.token_hex(8)}"
        self.listeners["UDP"].bind(("127.0.0.1", 0))
        self.listeners["ABSTRACT"].bind("\0" + self.abstract)
        self.listeners["ABSTRACT"].listen()
        self.listeners["SOCKET"].bind(str(folder / "socket"))
        self.listeners["SOCKET"].listen()
        for listener in self.listeners.values():
            listener.setblocking(False)
        self.environment = {
            "CANARY_HOME": str(self.home),
            "CANARY_KEY": str(self.key),
            "CANARY_PID": str(self.process.pid),
            "CANARY_TCP": str(self.listeners["TCP"].getsockname()[1]),
            "CANARY_UDP": str(self.listeners["UDP"].getsockname()[1]),
            "CANARY_ABSTRACT": self.abstract,
            "CANARY_SOCKET": str(folder / "socket"),
        }

    def hits(self) -> Iterator[str]:
        """What of it is not as it was."""
        if self._look() != self._stat:
            yield "the home"
        if [path.name for path in self.home.iterdir()] != ["id_key"]:
            yield "the home's entries"
        pid = self.process.pid
        if self.process.poll() is not None:
            yield "the process"
            return
        if resource.prlimit(pid, resource.RLIMIT_NOFILE) != self.limits:
            yield "the process's limits"
        if os.getpriority(os.PRIO_PROCESS, pid) != 0 or os.sched_getscheduler(pid) != 0:
            yield "the process's priority"
        for name, listener in self.listeners.items():
            with contextlib.suppress(BlockingIOError):
                listener.recv(1) if name == "UDP" else listener.accept()
                yield f"the {name} listener"

    def close(self) -> None:
        self.process.kill()
        self.process.wait()
        assert self.process.stdin is not None
        self.process.stdin.close()
        for listener in self.listeners.values():
            listener.close()

    def _look(self) -> list[tuple[int, int, int, int]]:
        looks = (path.stat() for path in (self.home, self.key))
        return [(s.st_mode, s.st_uid, s.st_size, s.st_mtime_ns) for s in looks]


def survivors(mark: str) -> list[str]:
    """Processes that carry the mark of a run."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if mark.encode() in process.joinpath("environ").read_bytes():
                found.append(process.name)
    return found


def shoot(sandbox: Sandbox, attack: str) -> Shot:
    mark = f"mark-{secrets.token_hex(8)}"
    said = bytearray()
    exit_: Exit | None = None
    with tempfile.TemporaryDirectory(dir=os.environ["RANGE"]) as folder:
        Path(folder).chmod(0o755)
        targets = Targets(Path(folder))
        names = {"main.py": f"{attack}.py", "common.py": "common.py"}
        spec = RunSpec(
            command=(sandbox.python.executable, "-S", "main.py"),
            files={name: ATTACKS.joinpath(source).read_bytes() for name, source in names.items()},
            readable=sandbox.python.readable,
            environment={**targets.environment, "MARK": mark},
            timeout=header(attack).seconds,
            caps=dataclasses.replace(Caps(), output=64 << 10),
        )
        for event in sandbox.run(spec):
            if isinstance(event, Output):
                said += event.data
            elif isinstance(event, Exit):
                exit_ = event
        hit = list(targets.hits())
        targets.close()
    assert exit_ is not None
    text = said.decode("utf-8", "replace")
    if "ESCAPED" in text or SECRET in text:
        hit.append("what it says")
    if survivors(mark):
        time.sleep(0.2)  # what was killed a moment ago may still be on its way out
        hit += [f"process {pid} lives on" for pid in survivors(mark)]
    return Shot(
        attack, exit_.cause, exit_.exit_code, exit_.signal, exit_.duration, text[-2000:], hit
    )


def main(backend: str, attacks: list[str]) -> None:
    os.environ["TOKEN"] = SECRET
    Path(os.environ["RANGE"], "inherited").write_text(SECRET)
    os.set_inheritable(os.open(Path(os.environ["RANGE"], "inherited"), os.O_RDONLY), True)
    sandbox = open_sandbox(Settings(run_backend=backend))
    with ThreadPoolExecutor(AT_ONCE) as threads:
        for shot in threads.map(lambda attack: shoot(sandbox, attack), attacks):
            say(dataclasses.asdict(shot))
    say({"left": [path.name for path in Path(tempfile.gettempdir()).glob("collabpad-run-*")]})


def say(what: dict[str, object]) -> None:
    sys.stdout.write(json.dumps(what) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
