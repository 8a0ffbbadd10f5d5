"""Writes in one thread: together, in order, and what becomes of them when the disk is full."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from collabpad.storage.database import open_database
from collabpad.storage.write_batcher import (
    PAUSE_SECONDS,
    WRITES_AT_ONCE,
    Outcome,
    Unsaved,
    Write,
    WriteBatcher,
)

SQLITE_FULL = "database or disk is full"


@pytest.fixture
def db(path: Path) -> Iterator[sqlite3.Connection]:
    with closing(open_database(path)) as opened:
        opened.execute("CREATE TABLE lines (number INTEGER PRIMARY KEY, line TEXT NOT NULL)")
        yield opened


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def batcher(db: sqlite3.Connection, clock: Clock) -> WriteBatcher:
    return WriteBatcher(db, clock)


def line(number: int, text: str | None = "x", key: str = "k") -> Write:
    return Write(key, "INSERT INTO lines VALUES (?, ?)", (number, text))


def work(number: int, text: str = "x") -> Write:
    def insert(db: sqlite3.Connection) -> None:
        db.execute("INSERT INTO lines VALUES (?, ?)", (number, text))

    return Write("k", work=insert)


def kept(db: sqlite3.Connection) -> list[int]:
    return [number for (number,) in db.execute("SELECT number FROM lines ORDER BY rowid")]


def statements(db: sqlite3.Connection) -> list[str]:
    """What SQLite is asked from now on, each by its first word."""
    asked: list[str] = []
    db.set_trace_callback(lambda sql: asked.append(sql.split()[0]))
    return asked


def fill_disk(db: sqlite3.Connection) -> None:
    (pages,) = db.execute("PRAGMA page_count").fetchone()
    db.execute(f"PRAGMA max_page_count = {pages}")


def free_disk(db: sqlite3.Connection) -> None:
    db.execute("PRAGMA max_page_count = 1000000")


LARGE = "x" * 100_000


def merged(outcomes: Iterable[Outcome]) -> tuple[list[Write], list[Write]]:
    """All that was kept, and all that was not saved."""
    everything = list(outcomes)
    return (
        [write for each in everything for write in each.kept],
        [write for each in everything for write in each.unsaved],
    )


def test_what_has_queued_up_is_one_transaction(
    db: sqlite3.Connection, batcher: WriteBatcher
) -> None:
    asked = statements(db)
    writes = [line(1), line(2), work(3), line(4)]
    (outcome,) = batcher.write(writes)
    assert outcome == Outcome(kept=writes)
    assert asked == ["BEGIN", "INSERT", "INSERT", "INSERT", "INSERT", "COMMIT"]
    assert kept(db) == [1, 2, 3, 4]


def test_a_single_statement_needs_no_transaction_around_it(
    db: sqlite3.Connection, batcher: WriteBatcher
) -> None:
    asked = statements(db)
    assert merged(batcher.write([line(1)]))[1] == []
    assert asked == ["INSERT"]


def test_a_write_that_can_never_be_kept_does_no_harm_to_the_others(
    db: sqlite3.Connection, batcher: WriteBatcher
) -> None:
    writes = [
        line(1),
        line(2),
        line(2),
        line(3, None),
        work(4),
        work(4),
        line(5, "\ud800"),
        line(6),
    ]
    outcomes = list(batcher.write(writes))
    refused = [each.refused for each in outcomes if each.refused is not None]
    assert [write for write, _ in refused] == [writes[2], writes[3], writes[5], writes[6]]
    assert [type(error) for _, error in refused[:3]] == [sqlite3.IntegrityError] * 3
    assert all(each.trouble is None for each in outcomes)
    assert kept(db) == [1, 2, 4, 6]
    assert batcher.backlog == 0


def test_a_write_that_fails_halfway_leaves_nothing(
    db: sqlite3.Connection, batcher: WriteBatcher
) -> None:
    def both(db: sqlite3.Connection) -> None:
        db.execute("INSERT INTO lines VALUES (1, 'x')")
        raise KeyError("halfway")

    (outcome,) = batcher.write([Write("k", work=both)])
    assert outcome.refused is not None
    assert isinstance(outcome.refused[1], KeyError)
    assert kept(db) == []
    assert not db.in_transaction


def test_on_a_full_disk_everything_waits_in_order_until_there_is_room(
    db: sqlite3.Connection, batcher: WriteBatcher, clock: Clock
) -> None:
    fill_disk(db)
    first, second, third = line(1, LARGE), line(2), line(3)
    assert list(batcher.write([first])) == [Outcome(unsaved=[first], trouble=SQLITE_FULL)]
    clock.now += PAUSE_SECONDS
    assert list(batcher.write([second])) == [Outcome(unsaved=[second], trouble=SQLITE_FULL)]
    assert list(batcher.flush()) == [Outcome(unsaved=[], trouble=SQLITE_FULL)]
    assert batcher.backlog == 2
    assert kept(db) == []
    free_disk(db)
    clock.now += PAUSE_SECONDS
    assert list(batcher.write([third])) == [Outcome(kept=[first, second, third])]
    assert kept(db) == [1, 2, 3]
    assert batcher.backlog == 0


def test_what_waits_is_kept_without_another_write(
    db: sqlite3.Connection, batcher: WriteBatcher
) -> None:
    fill_disk(db)
    waiting = [line(1, LARGE), line(2)]
    list(batcher.write(waiting))
    free_disk(db)
    assert list(batcher.flush()) == [Outcome(kept=waiting)]


def test_a_full_disk_is_not_asked_again_for_every_write(
    db: sqlite3.Connection, batcher: WriteBatcher
) -> None:
    fill_disk(db)
    list(batcher.write([line(1, LARGE)]))
    asked = statements(db)
    hasty = line(2)
    assert list(batcher.write([hasty])) == [Outcome(unsaved=[hasty], trouble=SQLITE_FULL)]
    assert asked == []


def test_what_nobody_will_ask_for_again_does_not_wait(
    db: sqlite3.Connection, batcher: WriteBatcher
) -> None:
    fill_disk(db)
    created = Write("new", "INSERT INTO lines VALUES (1, ?)", (LARGE,), forgettable=True)
    waits = line(2)
    assert list(batcher.write([created, waits])) == [
        Outcome(unsaved=[created, waits], trouble=SQLITE_FULL)
    ]
    assert batcher.backlog == 1
    free_disk(db)
    assert list(batcher.flush()) == [Outcome(kept=[waits])]


def test_a_long_backlog_is_kept_piece_by_piece(
    db: sqlite3.Connection, batcher: WriteBatcher
) -> None:
    fill_disk(db)
    list(batcher.write([line(0, LARGE)]))
    list(batcher.write([line(number) for number in range(1, 2 * WRITES_AT_ONCE)]))
    free_disk(db)
    outcomes = list(batcher.flush())
    assert [len(each.kept) for each in outcomes] == [WRITES_AT_ONCE, WRITES_AT_ONCE]
    assert [each.trouble for each in outcomes] == [SQLITE_FULL, None]
    assert kept(db) == list(range(2 * WRITES_AT_ONCE))


def test_a_write_at_fault_in_a_backlog_does_not_hold_it_up(
    db: sqlite3.Connection, batcher: WriteBatcher
) -> None:
    fill_disk(db)
    list(batcher.write([line(1, LARGE), line(1), line(2)]))
    free_disk(db)
    outcomes = list(batcher.flush())
    assert [each.refused is not None for each in outcomes] == [False, True, False]
    assert outcomes[-1].trouble is None
    assert kept(db) == [1, 2]


def test_what_others_lock_is_tried_again(path: Path, clock: Clock) -> None:
    with closing(open_database(path)) as db, closing(sqlite3.connect(path)) as other:
        db.execute("PRAGMA busy_timeout = 0")
        db.execute("CREATE TABLE lines (number INTEGER PRIMARY KEY, line TEXT NOT NULL)")
        other.execute("BEGIN IMMEDIATE")
        batcher = WriteBatcher(db, clock)
        write = line(1)
        assert list(batcher.write([write])) == [
            Outcome(unsaved=[write], trouble="database is locked")
        ]
        other.rollback()
        assert list(batcher.flush()) == [Outcome(kept=[write])]


def refuse_commits(db: sqlite3.Connection) -> None:
    """As a disk that is full does, which SQLite notices only when it commits."""

    def decide(action: int, what: str | None, *_: object) -> int:
        commits = action == sqlite3.SQLITE_TRANSACTION and what == "COMMIT"
        return sqlite3.SQLITE_DENY if commits else sqlite3.SQLITE_OK

    db.set_authorizer(decide)


def test_reading_sees_what_waits_of_the_session_and_writes_nothing(
    db: sqlite3.Connection, batcher: WriteBatcher
) -> None:
    refuse_commits(db)
    (outcome,) = batcher.write([line(1), line(2, key="other"), work(3)])
    assert outcome.trouble == "not authorized"
    assert batcher.read("k", kept) == [1, 3]
    assert batcher.read("other", kept) == [2]
    assert batcher.read("third", kept) == []
    assert kept(db) == []
    db.set_authorizer(None)
    list(batcher.flush())
    assert batcher.read("third", kept) == [1, 2, 3]


def test_reading_what_cannot_be_had_is_an_error(
    db: sqlite3.Connection, batcher: WriteBatcher
) -> None:
    fill_disk(db)
    list(batcher.write([line(1, LARGE)]))
    with pytest.raises(Unsaved, match=SQLITE_FULL):
        batcher.read("k", kept)
    assert batcher.read("other", kept) == []
    assert not db.in_transaction


def test_a_failing_read_ends_its_transaction(db: sqlite3.Connection, batcher: WriteBatcher) -> None:
    refuse_commits(db)
    list(batcher.write([line(1), line(2)]))

    def fail(db: sqlite3.Connection) -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        batcher.read("k", fail)
    assert not db.in_transaction
