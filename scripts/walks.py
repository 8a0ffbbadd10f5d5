"""Lists the functions that a keystroke, a connection, a join and a run go through on the server.

    scripts/walks          print them
    scripts/walks --write  put them into docs/development.md

It follows a real server while two people use it, several times each. What happens most times
belongs to the walk; what only falls into the same moment, such as a tick of a clock, does not. The
number of calls is the smallest one seen.
"""

from __future__ import annotations

import json
import os
import re
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tests.harness import Person, Server, eventually  # noqa: E402

DOCUMENT = ROOT / "docs" / "development.md"
TIMES = 12


class Length(NamedTuple):
    """How long a walk is; whoever reads it has to keep it in mind."""

    calls: int
    files: int


MOST = {"A keystroke": Length(120, 18), "A join": Length(350, 32)}
"""What the tests allow."""

BEFORE = {
    "A keystroke": Length(172, 30),
    "A connection": Length(123, 22),
    "A join": Length(342, 40),
    "A run": Length(539, 46),
}
"""By the same script, on the last commit before the house was put in order (7137e21)."""

Call = tuple[str, str]
"""A file of the package, and a function in it."""


@dataclass(frozen=True)
class Walk:
    """One way through the server."""

    name: str
    what: str
    calls: int
    steps: dict[str, list[str]]
    """The functions by file, both in the order in which they are first called."""
    ever: frozenset[Call]
    """What happened at least once."""
    always: frozenset[Call]
    """What happened every time."""

    @property
    def functions(self) -> int:
        return sum(map(len, self.steps.values()))

    def table(self) -> str:
        rows = [
            f"| `{path}` | {', '.join(f'`{function}`' for function in functions)} |"
            for path, functions in self.steps.items()
        ]
        return "\n".join(
            ["| file | functions, in the order of their first call |", "|---|---|", *rows]
        )


class Follower:
    """Turns the record of a traced server on and off."""

    def __init__(self, folder: Path) -> None:
        self.control = folder / "control"
        os.mkfifo(self.control)
        self._folder = folder
        self._count = 0

    def command(self) -> list[str]:
        return [sys.executable, str(ROOT / "scripts" / "traced_server.py"), str(self.control)]

    def record(self, walk: Callable[[], object]) -> list[Call]:
        """The calls of one walk."""
        self._order("start")
        walk()
        record = self._order("stop")
        return [(file, function) for file, function in json.loads(record)]

    def _order(self, command: str) -> str:
        """Have it done, and return what was written."""
        self._count += 1
        path = self._folder / f"{command}-{self._count}.json"
        with self.control.open("w") as control:
            control.write(f"{command} {path}\n")
        eventually(path.exists, f"the recorder to {command}")
        return path.read_text(encoding="utf-8")


def summed_up(name: str, what: str, records: list[list[Call]]) -> Walk:
    """What happened most times, in the order of the record that has most of it."""
    times = Counter(call for record in records for call in set(record))
    usual = {call for call, number in times.items() if number > len(records) / 2}
    always = {call for call, number in times.items() if number == len(records)}
    fullest = max(records, key=lambda record: len(usual.intersection(record)))
    steps: dict[str, list[str]] = {}
    for file, function in dict.fromkeys(call for call in fullest if call in usual):
        steps.setdefault(file, []).append(function)
    fewest = min(
        sum(number for call, number in Counter(record).items() if call in usual)
        for record in records
    )
    return Walk(name, what, fewest, steps, frozenset(times), frozenset(always))


@contextmanager
def followed_server() -> Iterator[tuple[Server, Follower]]:
    with tempfile.TemporaryDirectory() as folder:
        follower = Follower(Path(folder))
        with Server(Path(folder), "--no-rate-limits", command=follower.command()) as server:
            yield server, follower


def keystroke(server: Server, follower: Follower) -> Walk:
    session = server.create_session()
    ann = server.person("Ann", crdt=True).join(session, as_host=True)
    bob = server.person("Bob", crdt=True).join(session)

    def types() -> None:
        bob.forgets()
        ann.types("x")
        bob.hears("doc_update")

    types()
    what = "until it is acknowledged and another person has it"
    return summed_up("A keystroke", what, [follower.record(types) for _ in range(TIMES)])


def run(server: Server, follower: Follower) -> Walk:
    session = server.create_session(content="print('hello')")
    ann = server.person("Ann", crdt=True).join(session, as_host=True)

    def runs() -> None:
        ann.forgets()
        ann.does("run_start")
        ann.hears("run_finished")

    runs()
    what = "from the button to the end of a program of one line"
    return summed_up("A run", what, [follower.record(runs) for _ in range(TIMES)])


def connection(server: Server, follower: Follower) -> Walk:
    session = server.create_session()
    server.person("Ann", crdt=True).join(session, as_host=True)
    people = [server.person(f"Bob {number}") for number in range(TIMES)]
    what = "the handshakes of HTTP, WebSocket, Engine.IO and Socket.IO"
    return summed_up("A connection", what, [follower.record(bob.connect) for bob in people])


def join(server: Server, follower: Follower) -> Walk:
    session = server.create_session()
    ann = server.person("Ann", crdt=True).join(session, as_host=True)

    def joins(bob: Person) -> None:
        bob.join(session)
        ann.sees_roster(lambda roster: bob.id in roster["participants"])

    def leaves(bob: Person) -> None:
        ann.forgets()
        bob.does("leave_session")
        ann.sees_roster(lambda roster: bob.id not in roster["participants"])
        ann.settles().forgets()

    records = []
    for number in range(TIMES):
        bob = server.person(f"Bob {number}", crdt=True).connect()
        records.append(follower.record(partial(joins, bob)))
        leaves(bob)
    what = "of somebody new, until everybody knows them"
    return summed_up("A join", what, records)


def walks() -> list[Walk]:
    with followed_server() as (server, follower):
        return [walk(server, follower) for walk in (keystroke, connection, join, run)]


def section(walk: Walk) -> str:
    counted = (
        f"**{walk.name}**, {walk.what}: {walk.calls} calls of {walk.functions} functions "
        f"in {len(walk.steps)} files."
    )
    return f"{counted}\n\n{walk.table()}"


def numbers(found: list[Walk]) -> str:
    """A row for each walk: what it is now, and what it was before the house was put in order."""
    return "\n".join(
        f"| {walk.name} | {before.calls} | {before.files} | {walk.calls} | {len(walk.steps)} |"
        for walk in found
        for before in (BEFORE[walk.name],)
    )


def marks(name: str) -> tuple[str, str]:
    """What stands before and after a part of the document that is made here."""
    return f"<!-- {name}: by scripts/walks --write -->\n", f"<!-- end: {name} -->"


def written(text: str, found: list[Walk]) -> str:
    """`text` with the numbers and each walk between their marks."""
    parts = {"Numbers": numbers(found)}
    parts |= {walk.name: section(walk) for walk in found}
    for name, part in parts.items():
        begin, end = marks(name)
        pattern = re.compile(re.escape(begin) + ".*?" + re.escape(end), re.DOTALL)
        if not pattern.search(text):
            raise SystemExit(f"{DOCUMENT} has no place for {name}.")
        text = pattern.sub(f"{begin}{part}\n{end}", text)
    return text


def main(arguments: list[str]) -> None:
    found = walks()
    if arguments == ["--write"]:
        text = written(DOCUMENT.read_text(encoding="utf-8"), found)
        DOCUMENT.write_text(text, encoding="utf-8")
    else:
        print("\n\n".join(map(section, found)))


if __name__ == "__main__":
    main(sys.argv[1:])
