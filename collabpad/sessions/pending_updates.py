"""Structs and deletions that wait for what they build on.

They wait here and not in pycrdt, which loses some updates that come out of order and twice, and
leaves waiting ones out of every encoding. As in Yjs only what must wait does: of each client the
structs from the first one that builds on something missing, and deletions of what has not come.
"""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Collection, Iterable

from .surrogate_pairs import Id, SurrogatePairs
from .yjs_decoder import Section, UpdateFacts
from .yjs_encoder import (
    ClockRanges,
    Part,
    beside_pairs,
    encode,
    encode_all,
    encode_struct,
    rest_of,
    whole_pairs,
)
from .yjs_structs import Reader, Struct


class _StructRun:
    """The structs of a section that are not in the document yet."""

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
        self.serial = serial  # the number of the update that brought it
        self.held = False

    def __lt__(self, other: _StructRun) -> bool:
        return self.serial < other.serial

    def copy(self) -> _StructRun:
        section = Section(
            self.client,
            self.clock,
            self.end,
            self.structs,
            self.reader.at,
            self.stop,
            self.text_bytes,
        )
        other = _StructRun(self.reader.data, section, self.serial)
        other.held = self.held
        return other

    def part(self) -> Part:
        body = self.reader.data[self.reader.at : self.stop]
        return Part(self.client, self.clock, self.structs, body)


class _Ready:
    """Ready structs of one client, in the order in which they are written."""

    __slots__ = ("_bodies", "client", "clock", "structs")

    def __init__(self, client: int, clock: int) -> None:
        self.client, self.clock, self.structs = client, clock, 0
        self._bodies: list[bytes] = []

    def add(self, body: bytes) -> None:
        self.structs += 1
        self._bodies.append(body)

    def part(self) -> Part:
        return Part(self.client, self.clock, self.structs, b"".join(self._bodies))


class PendingUpdates:
    """The waiting structs and deletions of a document. Each struct that becomes ready advances the
    document's state vector."""

    def __init__(self, clocks: dict[int, int], pairs: SurrogatePairs) -> None:
        self.empty = True
        self._clocks = clocks
        self._pairs = pairs
        self._serial = 0
        # Client to the runs that wait for it, each with the clock that the client must reach.
        self._waiting: dict[int, list[tuple[int, _StructRun]]] = {}
        self._runs_of: Counter[int] = Counter()  # update to the number of its runs that wait
        self._deleting = 0  # the number of updates with deletions that wait
        self._held: dict[int, ClockRanges] = {}  # of structs
        self._deletions: dict[int, ClockRanges] = {}

    def copy(self, clocks: dict[int, int], pairs: SurrogatePairs) -> PendingUpdates:
        other = PendingUpdates(clocks, pairs)
        other.empty, other._serial, other._deleting = self.empty, self._serial, self._deleting
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
        """How many updates wait, in whole or in part."""
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

    def _runs(self) -> Iterable[_StructRun]:
        return (run for runs in self._waiting.values() for _, run in runs)

    # --- adding and releasing ---------------------------------------------------------------------

    def add(self, update: bytes, facts: UpdateFacts) -> tuple[bytes | None, bool]:
        """Add an update. Returns, as one update, the part of it and of earlier ones that is ready,
        and whether it brought anything that must wait."""
        self._serial += 1
        runs = [_StructRun(update, section, self._serial) for section in facts.sections]
        ready = self._advance(runs)
        held = self._serial in self._runs_of
        now: dict[int, ClockRanges] = {}
        late = False
        for client, ranges in facts.deletions().items():
            known, now[client] = self._clocks.get(client, 0), ClockRanges()
            for start, end in ranges:
                now[client].add(start, min(end, known))
                if end > known:
                    late |= self._deletions.setdefault(client, ClockRanges()).add(
                        max(start, known), end
                    )
        self._deleting += late
        return self._encode(ready, now), held or late

    def release(self, clients: Collection[int]) -> bytes | None:
        """What became ready as these clients' texts grew, as one update."""
        runs = [run for client in clients for run in self._woken(client)]
        now = {client: ClockRanges() for client in clients}
        return self._encode(self._advance(runs), now)

    def _encode(self, ready: dict[int, _Ready], now: dict[int, ClockRanges]) -> bytes | None:
        for client in {*ready, *now}:
            self._take_below(self._held, client)
            for start, end in self._take_below(self._deletions, client):
                now.setdefault(client, ClockRanges()).add(start, end)
        if not self._deletions:
            self._deleting = 0
        self.empty = not self._waiting and not self._deletions
        deleted: dict[int, list[Id]] = {}
        for client, spans in now.items():
            if whole := whole_pairs(client, spans.ranges(), self._pairs):
                deleted[client] = whole
                self._pairs.remove(client, whole)
        if not ready and not deleted:
            return None
        return encode([each.part() for each in ready.values()], deleted)

    def _take_below(self, kept: dict[int, ClockRanges], client: int) -> list[Id]:
        """Take out the ranges of a client's text that have come."""
        spans = kept.get(client)
        if spans is None:
            return []
        taken = spans.take_below(self._clocks.get(client, 0))
        if not spans:
            del kept[client]
        return taken

    def _advance(self, runs: list[_StructRun]) -> dict[int, _Ready]:
        """Advance these runs, and those that wait for them, as far as possible."""
        ready: dict[int, _Ready] = {}
        while runs:
            run = runs.pop()
            before = self._clocks.get(run.client, 0)
            self._advance_run(run, ready)
            if self._clocks.get(run.client, 0) > before:
                runs += self._woken(run.client)
        return ready

    def _woken(self, client: int) -> list[_StructRun]:
        waiting = self._waiting.get(client)
        if waiting is None:
            return []
        known, woken = self._clocks.get(client, 0), []
        while waiting and waiting[0][0] <= known:
            woken.append(heapq.heappop(waiting)[1])
        if not waiting:
            del self._waiting[client]
        return woken

    def _advance_run(self, run: _StructRun, ready: dict[int, _Ready]) -> None:
        """Move the ready part of a run to `ready` and keep the rest."""
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
                if client not in ready:
                    ready[client] = _Ready(client, known)
                ready[client].add(self._body(run, struct, start, known - run.clock))
                self._clocks[client] = end
            run.clock = end
            run.structs -= 1
            run.text_bytes -= struct.size
        self._release(run)

    def _missing(self, run: _StructRun, struct: Struct) -> Id | None:
        """The client and clock that must come before the next struct of a run, or None."""
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

    def _body(self, run: _StructRun, struct: Struct, start: int, offset: int) -> bytes:
        """The bytes of a struct, without what is there already and without splitting a pair."""
        rest = beside_pairs(rest_of(struct, run.client, run.clock, offset), self._pairs)
        if rest.length != len(rest.text):
            self._pairs.add(run.client, run.clock + offset, rest.text)
        if rest is struct:
            return run.reader.data[start : run.reader.at]
        return encode_struct(rest)

    def _wait(self, run: _StructRun, client: int, clock: int) -> None:
        """Keep a run until `client` has come to `clock`, unless all of it is kept already."""
        if not run.held:
            if not self._held.setdefault(run.client, ClockRanges()).add(run.clock, run.end):
                return
            run.held = True
            self._runs_of[run.serial] += 1
        heapq.heappush(self._waiting.setdefault(client, []), (clock, run))

    def _release(self, run: _StructRun) -> None:
        if run.held:
            self._runs_of[run.serial] -= 1
            if not self._runs_of[run.serial]:
                del self._runs_of[run.serial]
