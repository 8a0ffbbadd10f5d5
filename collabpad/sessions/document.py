"""The shared document: the only door to pycrdt.

One `Text` named `content` in a Yjs document. pycrdt's text indexes are UTF-8 byte offsets; Yjs's
clocks count UTF-16 units; Python's strings count code points.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Final, NamedTuple

import pycrdt

from ..errors import BadRequest, TooLarge
from ..settings import Limits
from .pending_updates import PendingUpdates
from .smallest_edit import smallest_edit
from .surrogate_pairs import SurrogatePairs
from .yjs_decoder import UpdateFacts, read_state_vector, read_update
from .yjs_structs import BROKEN, ROOT

MAX_PLACES: Final = 50_000
"""The places that one update may change: about a second's work. Changing each of 20,000 lines at
once fits."""
_STEP_BACK_PER = 10_000
_LONGEST_STEP_BACK = 20
"""yrs splits text at an insertion and counts characters from the start of the piece. Insertions
from front to back are quick; from back to front each takes longer, the longer the text is."""
MAX_PENDING: Final = 500
"""Updates that wait for others, in whole or in part."""
_BYTES_OF_UNIT: Final = 3  # in UTF-8, at most, for one unit of UTF-16
_FEW_RANGES: Final = 3 * 8
"""Three numbers each: so few deletions may be sent on although some were made before."""
_CUT: Final = "The update cuts a character in half: change whole characters only."
_TOO_MANY_WAIT: Final = "Too many updates wait for others that have not come."


class Accepted(NamedTuple):
    """An update that now belongs to the document.

    `stored` goes into the log. `delta` is for the other clients, or None while all of the update
    waits for what it builds on. They differ if a part waits, or if the update released earlier
    ones.
    """

    seq: int
    stored: bytes
    delta: bytes | None


class _Checkpoint(NamedTuple):
    """The state before an edit, to roll back to."""

    text: bytes
    clocks: dict[int, int]
    pairs: SurrogatePairs
    pending: PendingUpdates


class Document:
    """The text of one session and every edit of it; `seq` counts the accepted updates."""

    def __init__(self, limits: Limits, updates: Iterable[bytes] = (), seq: int = 0) -> None:
        self._limits = limits
        # 32 bits, as Yjs has: pycrdt's own are longer and cost more in every update.
        self._client_id = secrets.randbits(32)
        self._open(b"\0\0")
        # The state vector. Reading it anew for every edit costs 100 ms after 100,000 clients.
        self._clocks: dict[int, int] = {}
        self._pairs = SurrogatePairs()
        self._pending = PendingUpdates(self._clocks, self._pairs)
        self.seq = seq
        for update in updates:
            self._load(update)
        self._text_bound = self._exact_text_bytes()
        self._state_bound = self._exact_state_bytes()
        self._text_exact = self._state_exact = True  # no edit since they were counted

    def _open(self, update: bytes) -> None:
        self._doc: pycrdt.Doc[pycrdt.Text] = pycrdt.Doc(client_id=self._client_id)
        self._text = self._doc.get(ROOT, type=pycrdt.Text)
        self._doc.apply_update(update)

    @property
    def text(self) -> str:
        return str(self._text)

    @property
    def text_bytes(self) -> int:
        return len(self.text.encode())

    def state_vector(self) -> bytes:
        return self._doc.get_state()

    def check_state_vector(self, state_vector: bytes) -> None:
        """Raise `BadRequest` for bytes that are no state vector of this document."""
        theirs = read_state_vector(state_vector)
        if self._pairs.halves and any(self._pairs.splits_at(*each) for each in theirs.items()):
            raise BadRequest("The state vector ends in the middle of a character.")

    def diff(self, state_vector: bytes) -> bytes:
        """What a client with this state vector lacks. Raises like `check_state_vector`."""
        self.check_state_vector(state_vector)
        return self._doc.get_update(state_vector)

    def snapshot(self) -> list[bytes]:
        """The whole document as updates: one for the text, then those that still wait."""
        return [self._doc.get_update(), *self._pending.encode()]

    # --- edits ----------------------------------------------------------------------------------

    def apply(self, update: bytes) -> list[Accepted]:
        """Integrate a client's update.

        Returns what became part of the document, in order: nothing for an update without news, two
        for one whose `\\r` the document removed again. Raises `BadRequest` or `TooLarge` and then
        changes nothing.
        """
        step_back = min(self._text_bound // _STEP_BACK_PER, _LONGEST_STEP_BACK)
        facts = read_update(update, MAX_PLACES, step_back, look_for_cuts=bool(self._pairs.halves))
        if facts.splits_pair(self._pairs, self._clocks):
            raise BadRequest(_CUT)
        if not self._pending.empty:
            self._check_pending(facts)
        tight = self._check_size(update, facts)
        before = self._checkpoint() if tight else None
        delta, waits = self._integrate(update, facts)
        if before is not None and self._exact_text_bytes() > max(
            self._text_bound, self._limits.document
        ):
            self._roll_back(before)
            raise self._too_large()
        if delta is None and not waits:
            return []
        self._grow(facts.text_bytes, len(update))
        accepted = [self._accept(update, delta)]
        if delta is not None and b"\r" in delta and "\r" in (text := self.text):
            accepted += self._change(text, text.replace("\r", ""))
        return accepted

    def replace(self, content: str) -> list[Accepted]:
        """Replace the text by `content` with the smallest edit. Its line ends must be
        normalised."""
        if len(content.encode()) > self._limits.document:
            raise TooLarge("The document would be too large.")
        text = self.text
        start, _, end = smallest_edit(text, content)
        self._check_state_size(len(content[start:end].encode()))
        return self._change(text, content)

    def _change(self, old: str, new: str) -> list[Accepted]:
        start, old_end, new_end = smallest_edit(old, new)
        if start == old_end and start == new_end:
            return []
        at = len(old[:start].encode())
        removed, inserted = old[start:old_end].encode(), new[start:new_end]
        with self._observed() as observed, self._doc.transaction():
            if removed:
                del self._text[at : at + len(removed)]
            if inserted:
                self._text.insert(at, inserted)
        (update,) = observed
        self._record(read_update(update))
        self._grow(len(inserted.encode()), len(update))
        return [self._accept(update, update)]

    def _accept(self, stored: bytes, delta: bytes | None) -> Accepted:
        self.seq += 1
        return Accepted(self.seq, stored, delta)

    # --- integrating ------------------------------------------------------------------------------

    def _load(self, update: bytes) -> None:
        """Integrate a part of the stored history. Older servers allowed updates that split a
        surrogate pair; these are made whole."""
        facts = read_update(update, look_for_cuts=bool(self._pairs.halves))
        whole = not facts.splits_pair(self._pairs, self._clocks)
        if whole and not self._clocks and self._pending.empty and facts.complete({}):
            # A snapshot: no need to follow several clients' structs one by one, unless they
            # depend on each other in a circle.
            self._apply_to_doc(update)
            if read_state_vector(self._doc.get_state()) == facts.ends:
                self._record(facts)
                return
            self._open(b"\0\0")
        self._integrate(update, facts, whole=whole)
        if self._pending.pieces > 2 * MAX_PLACES:  # more than `apply` would have let in
            raise BadRequest(_TOO_MANY_WAIT)

    def _integrate(
        self, update: bytes, facts: UpdateFacts, *, whole: bool = True
    ) -> tuple[bytes | None, bool]:
        """Apply an update as far as it is ready, and waiting ones that it releases.

        Returns what is new by that, and whether a part must wait. An update that is not `whole` may
        split pairs. Nearly always the update itself is what is new: observing the document is then
        saved.
        """
        if not whole or not facts.ready(self._clocks):
            part, waits = self._pending.add(update, facts)
            return None if part is None else self._apply_and_observe(part), waits
        if len(facts.deleted) <= _FEW_RANGES and self._pending.empty and facts.is_new(self._clocks):
            changed = True
            if facts.sections:
                self._apply_to_doc(update)
            else:
                changed = self._delete(update)
            self._record(facts)
            return (update if changed else None), False
        with self._observed() as observed, self._doc.transaction():
            self._apply_to_doc(update)
            self._record(facts)
            if not self._pending.empty and (part := self._pending.release(facts.ends)) is not None:
                self._apply_to_doc(part)
        return (observed[0] if observed else None), False

    def _record(self, facts: UpdateFacts) -> None:
        if facts.beyond:
            self._pairs.take(facts.pairs(), self._clocks)
        for client, end in facts.ends.items():
            self._clocks[client] = max(self._clocks.get(client, 0), end)
        if self._pairs.halves and facts.deleted:
            for client, ranges in facts.deletions().items():
                self._pairs.remove(client, sorted(ranges))

    def _delete(self, update: bytes) -> bool:
        """Apply an update that only deletes. Returns whether any of it was still there."""
        with self._doc.transaction():
            before = len(self._text)
            self._apply_to_doc(update)
            return len(self._text) != before

    def _apply_and_observe(self, update: bytes) -> bytes | None:
        """Apply an update. Returns what is new by it."""
        with self._observed() as observed:
            self._apply_to_doc(update)
        return observed[0] if observed else None

    @contextmanager
    def _observed(self) -> Iterator[list[bytes]]:
        """Observe what a transaction changes, in the smallest form.

        A lasting subscription would be a reference cycle through Rust that no collector finds, and
        is bound to the thread that made it.
        """
        observed: list[bytes] = []
        subscription = self._doc.observe(lambda event: observed.append(event.update))
        try:
            yield observed
        finally:
            self._doc.unobserve(subscription)

    def _apply_to_doc(self, update: bytes) -> None:
        try:
            self._doc.apply_update(update)
        except ValueError:
            raise BadRequest(BROKEN) from None
        except BaseException as error:
            if type(error).__module__ != "pyo3_runtime":  # a panic; its class has no name
                raise
            raise BadRequest(BROKEN) from None

    def _checkpoint(self) -> _Checkpoint:
        clocks, pairs = dict(self._clocks), self._pairs.copy()
        return _Checkpoint(self._doc.get_update(), clocks, pairs, self._pending.copy(clocks, pairs))

    def _roll_back(self, before: _Checkpoint) -> None:
        """An edit cannot be taken out of a CRDT, so build the document anew."""
        self._open(before.text)
        _, self._clocks, self._pairs, self._pending = before

    # --- limits -----------------------------------------------------------------------------------

    def _check_pending(self, facts: UpdateFacts) -> None:
        pending = self._pending
        if facts.complete(self._clocks):
            return
        if pending.updates >= MAX_PENDING or pending.pieces >= MAX_PLACES:
            raise BadRequest(_TOO_MANY_WAIT)

    def _grow(self, text_bytes: int, state_bytes: int) -> None:
        self._text_bound += text_bytes
        self._state_bound += state_bytes
        self._text_exact = self._state_exact = False

    def _exact_text_bytes(self) -> int:
        return self.text_bytes + self._pending.text_bytes

    def _exact_state_bytes(self) -> int:
        return sum(map(len, self.snapshot()))

    def _check_size(self, update: bytes, facts: UpdateFacts) -> bool:
        """Refuse an update that passes a limit. Returns whether it may still pass one. The bounds
        only grow; they are made exact when they reach a limit.
        """
        self._check_state_size(len(update))
        most = self._limits.document
        if not facts.text_bytes or self._text_bound + facts.text_bytes <= most:
            return False
        if not self._text_exact:
            self._text_bound, self._text_exact = self._exact_text_bytes(), True
        more = self._text_bound + facts.text_bytes - most
        if more > _BYTES_OF_UNIT * facts.deleted_units and facts.is_new(self._clocks):
            raise self._too_large()
        return more > 0

    def _too_large(self) -> TooLarge:
        most = self._limits.document
        return TooLarge(f"The document would be larger than {most} bytes; remove something first.")

    def _check_state_size(self, more: int) -> None:
        if self._state_bound + more <= self._limits.state:
            return
        if not self._state_exact:
            self._state_bound, self._state_exact = self._exact_state_bytes(), True
        if self._state_bound + more > self._limits.state:
            raise TooLarge("The document's history is full; download it and start a new session.")
