"""The shared document: the only door to pycrdt.

One `Text` named `content` in a Yjs document. pycrdt's text indexes are UTF-8 byte offsets; Yjs's
clocks count UTF-16 units; Python's strings count code points.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from typing import Final, NamedTuple

import pycrdt

from ..errors import BadRequest, TooLarge
from ..settings import Limits
from .yjs import ROOT, UpdateFacts, read_state_vector, read_update

MOST_PLACES: Final = 50_000
"""That one update may change: about a second's work. All of 20,000 lines can be changed at once."""
_STEP_BACK_PER = 10_000
_LONGEST_STEP_BACK = 20
"""Text is split where something is inserted, and yrs counts characters from the start of the piece:
one after the other is quick, each before the last takes a time that grows with the text."""
MOST_WAITING: Final = 500
"""Updates that came early; every other one is compared with all of them."""
_NOT_YJS: Final = "The update is not one that Yjs could have made."


class Accepted(NamedTuple):
    """An update that now belongs to the document.

    `stored` is what the log keeps; `news` is what others must be told, or None while it waits for
    what it builds on. They differ where earlier waiting updates came free.
    """

    seq: int
    stored: bytes
    news: bytes | None


@dataclass(frozen=True)
class _Waiting:
    """An update that builds on what has not come yet.

    Kept here and not in pycrdt, which loses some of those that come out of order and twice, and
    leaves all of them out of every encoding.
    """

    data: bytes
    facts: UpdateFacts


class Document:
    """The text of one session and every edit of it; `seq` counts the accepted updates."""

    def __init__(self, limits: Limits, updates: Iterable[bytes] = (), seq: int = 0) -> None:
        self._limits = limits
        # 32 bits, as Yjs has: pycrdt's own are longer and cost more in every update.
        self._doc: pycrdt.Doc[pycrdt.Text] = pycrdt.Doc(client_id=secrets.randbits(32))
        self._text = self._doc.get(ROOT, type=pycrdt.Text)
        self._news: list[bytes] = []
        self._waiting: list[_Waiting] = []
        # The state vector, kept along: reading it anew for every edit costs 100 ms where 100,000
        # clients have been.
        self._clocks: dict[int, int] = {}
        self.seq = seq
        for update in updates:
            self._take_in(_Waiting(update, read_update(update)))
        self._text_bound = self._exact_text_bytes()
        self._state_bound = self._exact_state_bytes()
        self._subscription = self._doc.observe(self._observed)

    @property
    def text(self) -> str:
        return str(self._text)

    @property
    def text_bytes(self) -> int:
        return len(self.text.encode())

    def state_vector(self) -> bytes:
        return self._doc.get_state()

    def diff(self, state_vector: bytes) -> bytes:
        """What a client with this state vector lacks; raises `BadRequest` where it is none."""
        read_state_vector(state_vector)
        return self._doc.get_update(state_vector)

    def apply(self, update: bytes) -> list[Accepted]:
        """Take a client's update in.

        Returns what became part of the document, in order: nothing for an update that brings
        nothing new, two for one whose `\\r` the document removed again. Raises `BadRequest` or
        `TooLarge`; then nothing has changed: an edit cannot be taken out of a CRDT again, so all
        checks come first.
        """
        step_back = min(self._text_bound // _STEP_BACK_PER, _LONGEST_STEP_BACK)
        facts = read_update(update, MOST_PLACES, step_back)
        if any(each.data == update for each in self._waiting):
            return []
        if len(self._waiting) >= MOST_WAITING and not facts.ready(self._clocks):
            raise BadRequest("Too many updates wait for others that have not come.")
        self._check_room(update, facts)
        news, waits = self._take_in(_Waiting(update, facts))
        if news is None and not waits:
            return []
        self._text_bound += facts.text_bytes
        self._state_bound += len(update)
        accepted = [self._accept(update, news)]
        if news is not None and b"\r" in news and "\r" in (text := self.text):
            accepted += self._edit(text, text.replace("\r", ""))
        return accepted

    def replace(self, content: str) -> list[Accepted]:
        """Make the text `content` by the smallest edit; its line ends must be normalised
        already."""
        if len(content.encode()) > self._limits.document:
            raise TooLarge("The document would be too large.")
        return self._edit(self.text, content)

    def _edit(self, old: str, new: str) -> list[Accepted]:
        start, old_end, new_end = smallest_edit(old, new)
        if start == old_end and start == new_end:
            return []
        at = len(old[:start].encode())
        removed, inserted = old[start:old_end].encode(), new[start:new_end]
        self._check_state_room(len(inserted.encode()))
        with self._doc.transaction():
            if removed:
                del self._text[at : at + len(removed)]
            if inserted:
                self._text.insert(at, inserted)
        update = self._take_news()
        if update is None:
            raise AssertionError("an edit that changes the text makes an update")
        self._has_come(read_update(update))
        self._text_bound += len(inserted.encode())
        self._state_bound += len(update)
        return [self._accept(update, update)]

    def _accept(self, stored: bytes, news: bytes | None) -> Accepted:
        self.seq += 1
        return Accepted(self.seq, stored, news)

    def _take_in(self, update: _Waiting) -> tuple[bytes | None, bool]:
        """Apply an update and all that waited for it; what is new by that, and whether it must wait
        itself."""
        if not update.facts.ready(self._clocks):
            self._waiting.append(update)
            return None, True
        self._transact(update)
        while ready := self._next_ready():
            with suppress(BadRequest):  # not the fault of who brought what it waited for
                self._transact(ready)
        return self._take_news(), False

    def _next_ready(self) -> _Waiting | None:
        ready = next((each for each in self._waiting if each.facts.ready(self._clocks)), None)
        if ready is not None:
            self._waiting.remove(ready)
        return ready

    def _has_come(self, facts: UpdateFacts) -> None:
        for client, end in facts.ends.items():
            self._clocks[client] = max(self._clocks.get(client, 0), end)

    def _transact(self, update: _Waiting) -> None:
        try:
            self._doc.apply_update(update.data)
        except ValueError:
            raise BadRequest(_NOT_YJS) from None
        except BaseException as error:
            if type(error).__module__ != "pyo3_runtime":  # a panic, of no class that has a name
                raise
            raise BadRequest(_NOT_YJS) from None
        self._has_come(update.facts)

    def _observed(self, event: pycrdt.TransactionEvent) -> None:
        self._news.append(event.update)

    def _take_news(self) -> bytes | None:
        news, self._news = self._news, []
        if not news:
            return None
        return news[0] if len(news) == 1 else pycrdt.merge_updates(*news)

    def snapshot(self) -> list[bytes]:
        """The whole document as updates: one of all that is in the text, and those that still
        wait."""
        return [self._doc.get_update(), *(each.data for each in self._waiting)]

    # --- room ----------------------------------------------------------------------------------

    def _exact_text_bytes(self) -> int:
        return self.text_bytes + sum(each.facts.text_bytes for each in self._waiting)

    def _exact_state_bytes(self) -> int:
        return sum(map(len, self.snapshot()))

    def _check_room(self, update: bytes, facts: UpdateFacts) -> None:
        """Refuse what would pass a limit; the bounds only grow, and are made exact when they
        would."""
        self._check_state_room(len(update))
        most = self._limits.document
        if self._text_bound + facts.text_bytes <= most:
            return
        self._text_bound = self._exact_text_bytes()
        if self._text_bound + facts.text_bytes <= most:
            return
        trial = Document(self._limits, [*self.snapshot(), update])
        if trial._text_bound > most:
            raise TooLarge(
                f"The document would be larger than {most} bytes; remove something first."
            )

    def _check_state_room(self, more: int) -> None:
        if self._state_bound + more <= self._limits.state:
            return
        self._state_bound = self._exact_state_bytes()
        if self._state_bound + more > self._limits.state:
            raise TooLarge("The document's history is full; download it and start a new session.")


def smallest_edit(old: str, new: str) -> tuple[int, int, int]:
    """Where `old` and `new` differ: `old[start:old_end]` becomes `new[start:new_end]` (code
    points)."""
    start = _common_prefix(old, new)
    most = min(len(old), len(new)) - start
    tail = _common_prefix(old[::-1][:most], new[::-1][:most]) if most else 0
    return start, len(old) - tail, len(new) - tail


def _common_prefix(one: str, other: str) -> int:
    """The length of the common start, by bisection: comparing slices is far faster than
    characters."""
    low, high = 0, min(len(one), len(other))
    while low < high:
        middle = (low + high + 1) // 2
        if one[low:middle] == other[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low
