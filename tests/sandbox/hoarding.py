"""Runs programs that take as much memory as they can in a backend, and says what they took.

Started by path, as the user whose server is attacked, as `shooting_range.py` is:
    python hoarding.py BACKEND HOARD...
prints one JSON object a line. Imports nothing but the sandbox and the standard library.
"""

from __future__ import annotations

import dataclasses
import json
import re
import secrets
import sys
import threading
from pathlib import Path

from collabpad.sandbox import Caps, Exit, Output, RunSpec, Sandbox, host_memory, open_sandbox
from collabpad.settings import Settings

HOARDS = Path(__file__).with_name("hoards")
CAP = 192 << 20  # bytes; smaller than a server's own, to be reached sooner


@dataclasses.dataclass
class Haul:
    """What came of one program: `told` is what it says that it held, `lost` what the machine did.

    `lost` counts shared memory and what the kernel keeps for itself, and is as exact as the rest
    of the machine is quiet.
    """

    hoard: str
    cause: str
    duration: float
    told: int
    lost: int
    said: str
    kept: int


class Meter:
    """Samples what the machine holds that is nobody's pages."""

    def __init__(self) -> None:
        self.before = self.most = hidden()
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._sample)
        self._thread.start()

    def _sample(self) -> None:
        while not self._over.wait(0.005):
            self.most = max(self.most, hidden())

    def stop(self) -> None:
        self._over.set()
        self._thread.join()


def hidden() -> int:
    return int(host_memory.hidden(host_memory.read_meminfo()))


def haul(sandbox: Sandbox, hoard: str) -> Haul:
    mark = f"mark-{secrets.token_hex(8)}"
    said = bytearray()
    exit_: Exit | None = None
    names = {"main.py": f"{hoard}.py", "hoard.py": "hoard.py"}
    spec = RunSpec(
        command=(sandbox.python.executable, "-S", "main.py"),
        files={name: HOARDS.joinpath(source).read_bytes() for name, source in names.items()},
        readable=sandbox.python.readable,
        environment={"MARK": mark},
        timeout=8.0,
        caps=dataclasses.replace(
            Caps(), memory=CAP, address_space=None
        ),  # as Java and Node need it
    )
    meter = Meter()
    for event in sandbox.run(spec):
        if isinstance(event, Output):
            said += event.data
        elif isinstance(event, Exit):
            exit_ = event
    meter.stop()
    assert exit_ is not None
    told = sum(map(int, re.findall(rb"^\+(\d+) MiB$", said, re.MULTILINE))) << 20
    text = said.decode("utf-8", "replace")
    return Haul(
        hoard,
        exit_.cause,
        exit_.duration,
        told,
        meter.most - meter.before,
        re.sub(r"(\+\d+ MiB\n)+", "…\n", text)[-800:],
        hidden() - meter.before,
    )


def main(backend: str, hoards: list[str]) -> None:
    sandbox = open_sandbox(Settings(run_backend=backend))
    for hoard in hoards:
        print(json.dumps(dataclasses.asdict(haul(sandbox, hoard))), flush=True)  # noqa: T201


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:] or [p.stem for p in sorted(HOARDS.glob("*.py"))])
