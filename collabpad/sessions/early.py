"""What came before that on which it builds: kept here until it is ready, struct by struct.

Kept here and not in pycrdt, which loses some updates that come out of order and twice, and leaves
all that wait out of every encoding. As in Yjs, only what must wait does: of each client the structs
from the first one on that builds on what is missing, and the deletions of what has not come.
"""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Collection, Iterable

from .encoding import (
    Part,
    Spans,
    beside_pairs,
    encode,
    encode_all,
    encode_struct,
    rest_of,
    whole_pairs,
)
from .pairs import Id, Pairs
from .structs import Reader, Struct
from .yjs import Section, UpdateFacts


class _Run:
    """The structs of a section that have not come to the document."""

    __slots__ = (
        "client",
        "clock",
        "end",
        "held",
        "reader",
        "serial",
        "stop",
        "structs",
        "text_bytes",
    )

    def __init__(self, data: bytes, section: Section, serial: int) -> None:
        self.client, self.clock, self.end = section.client, section.clock, section.end
        self.structs = section.structs
        self.reader = Reader(data, section.start)
        self.stop = section.stop
        self.text_bytes = section.text_bytes
        self.serial = serial  # of the update that brought it
        self.held = False

    def __lt__(self, other: _Run) -> bool:
        return self.serial < other.serial

    def copy(self) -> _Run:
        section = Section(
            self.client,
            self.clock,
            self.end,
            self.structs,
            self.reader.at,
            self.stop,
            self.text_bytes,
        )
        other = _Run(self.reader.data, section, self.serial)
        other.held = self.held
        return other

    def part(self) -> Part:
        body = self.reader.data[self.reader.at : self.stop]
        return Part(self.client, self.clock, self.structs, body)


class _Coming:
    """Structs of one client that are ready, to be written one after the other."""

    __slots__ = ("_bodies", "client", "clock", "structs")

    def __init__(self, client: int, clock: int) -> None:
        self.client, self.clock, self.structs = client, clock, 0
        self._bodies: list[bytes] = []

    def add(self, body: bytes) -> None:
        self.structs += 1
        self._bodies.append(body)

    def part(self) -> Part:
        return Part(self.client, self.clock, self.structs, b"".join(self._bodies))


class Early:
    """The waiting structs and deletions of a document, whose state vector it advances with each
    struct that is ready."""

    def __init__(self, clocks: dict[int, int], pairs: Pairs) -> None:
        self._clocks = clocks
        self._pairs = pairs
        self._serial = 0
        # Client to the runs that wait for it, each with the clock that it must reach.
        self._waiting: dict[int, list[tuple[int, _Run]]] = {}
        self._runs_of: Counter[int] = Counter()  # update to how many of its runs wait
        self._deleting = 0  # updates that brought deletions which wait
        self._held: dict[int, Spans] = {}  # of structs
        self._deletions: dict[int, Spans] = {}

    def __bool__(self) -> bool:
        return bool(self._waiting or self._deletions)

    def copy(self, clocks: dict[int, int], pairs: Pairs) -> Early:
        other = Early(clocks, pairs)
        other._serial, other._deleting = self._serial, self._deleting
        other._runs_of = self._runs_of.copy()
        other._waiting = {
            client: [(clock, run.copy()) for clock, run in runs]
            for client, runs in self._waiting.items()
        }
        other._held = {client: spans.copy() for client, spans in self._held.items()}
        other._deletions = {client: spans.copy() for client, spans in self._deletions.items()}
        return other

    @property
    def updates(self) -> int:
        """How many wait, in whole or in part."""
        return len(self._runs_of) + self._deleting

    @property
    def pieces(self) -> int:
        """How many runs and ranges wait."""
        return sum(map(len, self._waiting.values())) + sum(map(len, self._deletions.values()))

    @property
    def text_bytes(self) -> int:
        return sum(run.text_bytes for run in self._runs())

    def encode(self) -> list[bytes]:
        """All of it as updates without holes."""
        deleted = {client: spans.ranges() for client, spans in self._deletions.items()}
        return encode_all((run.part() for run in self._runs()), deleted)

    def _runs(self) -> Iterable[_Run]:
        return (run for runs in self._waiting.values() for _, run in runs)

    # --- coming -----------------------------------------------------------------------------------

    def take(self, update: bytes, facts: UpdateFacts) -> tuple[bytes | None, bool]:
        """What is ready by an update, of it and of what waited, as one update; and whether it
        brought anything that must wait."""
        self._serial += 1
        runs = [_Run(update, section, self._serial) for section in facts.sections]
        coming = self._advance(runs)
        held = self._serial in self._runs_of
        now: dict[int, Spans] = {}
        late = False
        for client, ranges in facts.deletions().items():
            known, now[client] = self._clocks.get(client, 0), Spans()
            for start, end in ranges:
                now[client].add(start, min(end, known))
                if end > known:
                    late |= self._deletions.setdefault(client, Spans()).add(max(start, known), end)
        self._deleting += late
        return self._encode(coming, now), held or late

    def wake(self, clients: Collection[int]) -> bytes | None:
        """What is ready since these clients' texts have grown, as an update."""
        runs = [run for client in clients for run in self._woken(client)]
        now = {client: Spans() for client in clients}
        return self._encode(self._advance(runs), now)

    def _encode(self, coming: dict[int, _Coming], now: dict[int, Spans]) -> bytes | None:
        for client in {*coming, *now}:
            self._take_below(self._held, client)
            for start, end in self._take_below(self._deletions, client):
                now.setdefault(client, Spans()).add(start, end)
        if not self._deletions:
            self._deleting = 0
        deleted: dict[int, list[Id]] = {}
        for client, spans in now.items():
            if whole := whole_pairs(client, spans.ranges(), self._pairs):
                deleted[client] = whole
                self._pairs.remove(client, whole)
        if not coming and not deleted:
            return None
        return encode([each.part() for each in coming.values()], deleted)

    def _take_below(self, kept: dict[int, Spans], client: int) -> list[Id]:
        """Take out what is of a client's text that has come."""
        spans = kept.get(client)
        if spans is None:
            return []
        taken = spans.take_below(self._clocks.get(client, 0))
        if not spans:
            del kept[client]
        return taken

    def _advance(self, runs: list[_Run]) -> dict[int, _Coming]:
        """Go on with these runs, and those that wait for them, as far as they are ready."""
        coming: dict[int, _Coming] = {}
        while runs:
            run = runs.pop()
            before = self._clocks.get(run.client, 0)
            self._go_on(run, coming)
            if self._clocks.get(run.client, 0) > before:
                runs += self._woken(run.client)
        return coming

    def _woken(self, client: int) -> list[_Run]:
        waiting = self._waiting.get(client)
        if waiting is None:
            return []
        known, woken = self._clocks.get(client, 0), []
        while waiting and waiting[0][0] <= known:
            woken.append(heapq.heappop(waiting)[1])
        if not waiting:
            del self._waiting[client]
        return woken

    def _go_on(self, run: _Run, coming: dict[int, _Coming]) -> None:
        """Release the part of a run that is ready, and keep the rest."""
        client, reader = run.client, run.reader
        while run.structs:
            known = self._clocks.get(client, 0)
            start, struct = reader.at, reader.struct()
            missing = self._missing(run, struct)
            if missing is not None:
                reader.at = start
                self._wait(run, *missing)
                return
            end = run.clock + struct.length
            if end > known:
                if client not in coming:
                    coming[client] = _Coming(client, known)
                coming[client].add(self._body(run, struct, start, known - run.clock))
                self._clocks[client] = end
            run.clock = end
            run.structs -= 1
            run.text_bytes -= struct.size
        self._let_go(run)

    def _missing(self, run: _Run, struct: Struct) -> Id | None:
        """A client and the clock to which it must have come before the next struct of a run."""
        known = self._clocks.get(run.client, 0)
        if run.clock > known:
            return run.client, run.clock
        if run.clock + struct.length <= known:
            return None
        for beside in (struct.left, struct.right):
            if beside is None or beside[0] == run.client:
                continue
            if beside[1] >= self._clocks.get(beside[0], 0):
                return beside[0], beside[1] + 1
        return None

    def _body(self, run: _Run, struct: Struct, start: int, offset: int) -> bytes:
        """A struct as it is written: as it came, but for what is there already and cuts no pair."""
        rest = beside_pairs(rest_of(struct, run.client, run.clock, offset), self._pairs)
        if rest.length != len(rest.text):
            self._pairs.add(run.client, run.clock + offset, rest.text)
        if rest is struct:
            return run.reader.data[start : run.reader.at]
        return encode_struct(rest)

    def _wait(self, run: _Run, client: int, clock: int) -> None:
        """Keep a run until `client` has come to `clock`, unless all of it is kept already."""
        if not run.held:
            if not self._held.setdefault(run.client, Spans()).add(run.clock, run.end):
                return
            run.held = True
            self._runs_of[run.serial] += 1
        heapq.heappush(self._waiting.setdefault(client, []), (clock, run))

    def _let_go(self, run: _Run) -> None:
        if run.held:
            self._runs_of[run.serial] -= 1
            if not self._runs_of[run.serial]:
                del self._runs_of[run.serial]
