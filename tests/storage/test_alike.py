"""Both stores answer alike, whatever is asked; and documents outlive every compaction."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable
from pathlib import Path
from random import Random

import pycrdt
from hypothesis import given, settings
from hypothesis import strategies as st

from collabpad.sessions.document import Document
from collabpad.settings import Limits
from collabpad.storage.memory import MemoryStore
from collabpad.storage.records import History, Roles
from collabpad.storage.sqlite import FILE_NAME, SqliteStore
from collabpad.storage.store import Store
from tests.storage.makers import NOON, message, participant, run, stored, update

KEYS = ("a", "b")
ACTIONS = st.one_of(
    st.tuples(st.just("update"), st.sampled_from(KEYS), st.integers(1, 30)),
    st.tuples(st.just("compact"), st.sampled_from(KEYS), st.integers(0, 9)),
    st.tuples(st.just("message"), st.sampled_from(KEYS), st.integers(1, 5)),
    st.tuples(st.just("person"), st.sampled_from(KEYS), st.integers(1, 4)),
    st.tuples(st.just("forget"), st.sampled_from(KEYS), st.integers(1, 4)),
    st.tuples(st.just("roles"), st.sampled_from(KEYS), st.integers(0, 3)),
    st.tuples(st.just("run"), st.sampled_from(KEYS), st.integers(1, 60)),
    st.tuples(st.just("size"), st.sampled_from(KEYS), st.integers(0, 2)),
    st.tuples(st.just("delete"), st.sampled_from(KEYS), st.just(0)),
    st.tuples(st.just("expire"), st.sampled_from(KEYS), st.integers(-2, 40)),
    st.tuples(st.just("spare"), st.just("a"), st.integers(1, 30)),
    st.tuples(st.just("restart"), st.just("a"), st.just(0)),
)


class Twins:
    """The same is done to each store, and each must answer as the other does."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._memory = MemoryStore(history_cap=10**9)
        self._sqlite = SqliteStore(path, history_cap=10**9)
        self._seq: dict[str, int] = {}
        self._messages = dict.fromkeys(KEYS, 0)
        self._numbers = 0

    def act(self, action: str, key: str, number: int) -> None:
        if action == "restart":
            self._sqlite.close()
            self._sqlite = SqliteStore(self._path, history_cap=10**9)
            return
        if key not in self._seq:
            self._create(key)
        {
            "update": self._update,
            "compact": self._compact,
            "message": self._message,
            "person": self._person,
            "forget": self._forget,
            "roles": self._roles,
            "run": self._run,
            "size": self._size,
            "delete": self._delete,
            "expire": self._expire,
            "spare": self._spare,
        }[action](key, number)

    def _both(self, name: str, *arguments: object) -> object:
        answers = [getattr(each, name)(*arguments) for each in (self._memory, self._sqlite)]
        if isinstance(answers[0], bool | list):
            assert answers[0] == answers[1]
        return answers[0]

    def _create(self, key: str) -> None:
        self._both("create", stored(key))
        self._seq[key], self._messages[key] = 0, 0

    def _update(self, key: str, size: int) -> None:
        self._seq[key] += 1
        self._both("append_update", key, update(self._seq[key], bytes(size)))

    def _compact(self, key: str, back: int) -> None:
        seq = max(0, self._seq[key] - back)
        self._both("compact", key, seq, [b"state of %d" % seq, b"waits"])

    def _message(self, key: str, cap: int) -> None:
        self._messages[key] += 1
        self._both("append_message", key, message(self._messages[key]), cap)

    def _person(self, key: str, number: int) -> None:
        self._numbers += 1
        row = participant(number, name=f"Name {self._numbers}")
        self._both("save_participant", key, row)

    def _forget(self, key: str, number: int) -> None:
        self._both("delete_participant", key, f"person-{number}")

    def _roles(self, key: str, version: int) -> None:
        new = Roles(version=version + 1, pen_id=f"person-{version}")
        self._both("swap_roles", key, Roles(version=version), new)

    def _run(self, key: str, _number: int) -> None:
        self._numbers += 1
        self._both("save_run", key, run(self._numbers))

    def _size(self, key: str, back: int) -> None:
        self._both("save_text_size", key, max(0, self._seq[key] - back), 7)

    def _delete(self, key: str, _number: int) -> None:
        self._both("delete", key)
        del self._seq[key]

    def _expire(self, key: str, age: int) -> None:
        self._both("touch", key, NOON + age)
        for gone in self._both("idle", NOON + age - 1):  # type: ignore[attr-defined]
            self._delete(gone.key, 0)

    def _spare(self, _key: str, seconds: int) -> None:
        self._both("spare", float(seconds))

    def compare(self) -> None:
        ours, theirs = self._memory.summaries(), self._sqlite.summaries()
        assert sorted(map(repr, ours)) == sorted(map(repr, theirs))
        for before in (NOON + 1, NOON + 20, NOON + 50):
            rows, other_rows = self._memory.idle(before), self._sqlite.idle(before)
            assert sorted(map(repr, rows)) == sorted(map(repr, other_rows))
        assert set(self._memory.sessions()) == set(self._sqlite.sessions())
        for key in KEYS:
            assert self._memory.load(key) == self._sqlite.load(key)
        for key in self._seq:
            assert self._memory.runs(key) == self._sqlite.runs(key)
            one, other = self._memory.history(key), self._sqlite.history(key)
            assert (one.base, one.authors) == (other.base, other.authors)
            assert list(one.updates) == list(other.updates)

    def close(self) -> None:
        self._sqlite.close()


@given(st.lists(ACTIONS, max_size=60))
@settings(max_examples=40, deadline=None)
def test_both_stores_answer_alike(actions: list[tuple[str, str, int]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        twins = Twins(Path(folder) / FILE_NAME)
        try:
            for action, key, number in actions:
                twins.act(action, key, number)
            twins.compare()
        finally:
            twins.close()


# --- with real documents ----------------------------------------------------------------------


class Typist:
    """Types here and there; some of it comes late, or out of order."""

    def __init__(self, random: Random) -> None:
        self._random = random
        self._doc: pycrdt.Doc[pycrdt.Text] = pycrdt.Doc()
        self._text = self._doc.get("content", type=pycrdt.Text)
        self._made: list[bytes] = []
        self._subscription = self._doc.observe(lambda event: self._made.append(event.update))

    def type(self) -> list[bytes]:
        """Some updates, perhaps none."""
        length = len(str(self._text).encode())
        with self._doc.transaction():
            if length > 20 and self._random.random() < 0.3:
                at = self._random.randrange(length - 5)
                del self._text[at : at + 5]
            else:
                self._text.insert(self._random.randint(0, length), f"{length} ")
        if len(self._made) < 3 and self._random.random() < 0.5:
            return []
        made, self._made = self._made, []
        self._random.shuffle(made)
        return made


def write_session(store: Store, random: Random, *, compact_every: int) -> Document:
    """Let a typist write into a session, as the server does."""
    document, typist = Document(Limits()), Typist(random)
    store.create(stored("k")).wait()
    for _ in range(150):
        for made in typist.type():
            for seq, data, _news in document.apply(made):
                store.append_update("k", update(seq, data))
                if seq % compact_every == 0:
                    store.compact("k", document.seq, document.snapshot())
    store.settled("k").wait()
    return document


def replayed(history: History) -> str:
    parts = [] if history.base is None else list(history.base.parts)
    return text_of([*parts, *(each.data for each in history.updates)])


def text_of(updates: Iterable[bytes]) -> str:
    return Document(Limits(), updates).text


@given(st.randoms(use_true_random=False), st.integers(3, 60), st.sampled_from([500, 3000, 10**9]))
@settings(max_examples=10, deadline=None)
def test_a_document_and_its_replay_are_the_same_after_any_compaction(
    random: Random, compact_every: int, history_cap: int
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / FILE_NAME
        store = SqliteStore(path, history_cap=history_cap)
        document = write_session(store, random, compact_every=compact_every)
        store.close()
        store = SqliteStore(path)
        try:
            loaded = store.load("k")
            assert loaded is not None
            assert loaded.seq == document.seq
            assert text_of(loaded.document) == document.text
            assert replayed(store.history("k")) == document.text
        finally:
            store.close()
