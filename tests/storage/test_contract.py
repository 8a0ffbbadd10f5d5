"""What every store promises, told of each of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from hashlib import sha256

import pytest

from collabpad.errors import UnknownSession
from collabpad.protocol.enums import JoinPolicy, RunPolicy, WriteMode
from collabpad.storage.catalog import DUE_AFTER_BYTES, DUE_AFTER_UPDATES
from collabpad.storage.memory import MemoryStore
from collabpad.storage.records import Author, Roles, Snapshot, UpdateRow
from collabpad.storage.sqlite import SUMMARIES_AT_ONCE
from collabpad.storage.store import RUNS_KEPT, Store
from tests.storage.makers import (
    NOON,
    message,
    outcome,
    participant,
    run,
    session_row,
    stored,
    update,
    updates,
)

# --- sessions ---------------------------------------------------------------------------------


def test_a_new_store_knows_nothing(store: Store) -> None:
    assert store.sessions() == []
    assert store.find("session-1") is None
    assert store.load("key-1") is None
    assert store.saving


def test_a_session_comes_back_as_it_was_made(store: Store) -> None:
    made = stored(
        "k",
        session=session_row(
            "k",
            run_policy=RunPolicy.HOST,
            join_policy=JoinPolicy.APPROVE,
            passcode_hash="scrypt$…",
            retired_ids=frozenset({"old", "older"}),
        ),
        roles=Roles(
            version=7,
            write_mode=WriteMode.OPEN,
            host_id="person-1",
            acting=True,
            pen_id="person-2",
            muted=frozenset({"person-3"}),
        ),
        participants=(
            participant(2, viewer=True, wants_write=NOON),
            participant(1),
        ),
        messages=(message(4), message(5, participant_id=None, system=True)),
        snapshot=Snapshot(seq=3, parts=(b"state", b"waits")),
        updates=tuple(updates(4, 6)),
    )
    store.create(made).wait()
    assert store.load("k") == made
    assert store.sessions() == [made.session]


def test_a_list_tells_of_each_session_without_its_document(store: Store) -> None:
    people = (participant(1), participant(2))
    made = stored("k", roles=Roles(write_mode=WriteMode.OPEN), participants=people)
    store.create(made).wait()
    store.create(stored("other")).wait()
    store.delete_participant("k", "person-2")
    found = {each.row.key: each for each in store.summaries()}
    assert (found["k"].row, found["k"].write_mode) == (made.session, WriteMode.OPEN)
    assert (found["k"].people, found["k"].text_bytes) == (1, 0)
    assert (found["other"].write_mode, found["other"].people) == (WriteMode.HANDOFF, 0)


def test_the_size_of_a_text_is_known_until_the_next_edit(store: Store) -> None:
    def known() -> int | None:
        (found,) = store.summaries()
        return found.text_bytes

    store.create(stored("k", updates=tuple(updates(1, 3)))).wait()
    assert known() is None
    store.save_text_size("k", 3, 17).wait()
    assert known() == 17
    store.compact("k", 2, [b"state"]).wait()
    assert known() == 17
    store.append_update("k", update(4)).wait()
    assert known() is None
    store.save_text_size("k", 4, 20).wait()
    store.compact("k", 4, [b"state"]).wait()
    assert known() == 20
    store.delete("k").wait()
    assert store.summaries() == []
    assert type(outcome(store.save_text_size("k", 4, 20))) is UnknownSession


def test_a_list_is_whole_however_many_there_are(store: Store) -> None:
    rows = [session_row() for _ in range(SUMMARIES_AT_ONCE * 2 + 1)]
    for row in rows:
        store.create(stored(session=row))
    assert {each.row.key for each in store.summaries()} == {row.key for row in rows}


def test_a_session_is_found_by_each_of_its_links(store: Store) -> None:
    row = session_row(session_id="join", view_id="view", retired_ids=frozenset({"old"}))
    store.create(stored(session=row)).wait()
    assert store.find("join") == store.find("view") == store.find("old") == row
    assert store.find(row.key) is None


def test_changed_links_are_found_at_once_and_the_old_ones_stay_known(store: Store) -> None:
    row = session_row(session_id="join", view_id="view")
    store.create(stored(session=row)).wait()
    changed = replace(row, session_id="new", retired_ids=frozenset({"join"}), title="Other")
    commit = store.save_session(changed)
    assert store.find("new") == store.find("join") == store.find("view") == changed
    commit.wait()
    loaded = store.load(row.key)
    assert loaded is not None
    assert loaded.session == changed


def test_a_link_that_a_session_gave_up_leads_nowhere(store: Store) -> None:
    row = session_row(session_id="join", view_id="view")
    store.create(stored(session=row)).wait()
    store.save_session(replace(row, view_id="other view")).wait()
    assert store.find("view") is None


def test_a_deleted_session_is_gone_with_all_that_it_had(store: Store) -> None:
    made = stored("k", participants=(participant(),), messages=(message(),), updates=updates(1, 3))
    other = stored("other", updates=tuple(updates(1, 2)))
    store.create(made).wait()
    store.create(other).wait()
    store.save_run("k", run()).wait()
    store.compact("k", 3, [b"state"]).wait()
    store.delete("k").wait()
    assert store.find(made.session.session_id) is None
    assert store.load("k") is None
    assert store.load("other") == other
    store.delete("k").wait()


def test_a_write_about_a_session_that_is_gone_fails_and_changes_nothing(store: Store) -> None:
    row = session_row("gone")
    writes = [
        store.save_session(row),
        store.save_participant("gone", participant()),
        store.delete_participant("gone", "person-1"),
        store.append_message("gone", message(), 200),
        store.append_update("gone", update(1)),
        store.compact("gone", 1, [b"state"]),
        store.save_run("gone", run()),
    ]
    assert [type(outcome(each)) for each in writes] == [UnknownSession] * len(writes)
    assert not store.swap_roles("gone", Roles(), Roles(version=1))
    assert not store.compaction_due("gone")
    store.touch("gone", NOON)
    with pytest.raises(UnknownSession):
        store.history("gone")
    with pytest.raises(UnknownSession):
        store.runs("gone")
    with pytest.raises(UnknownSession):
        store.run("gone", "run-1")
    with pytest.raises(UnknownSession):
        store.last_run("gone")
    assert store.settled("gone").done
    assert store.sessions() == []


# --- activity ---------------------------------------------------------------------------------


def idle(store: Store, before: float) -> set[str]:
    return {row.key for row in store.idle(before)}


def test_sessions_in_which_nobody_was_for_long_are_idle(store: Store) -> None:
    for key, active_at in (("old", NOON - 10), ("new", NOON)):
        store.create(stored(key, session=session_row(key, active_at=active_at))).wait()
    assert idle(store, NOON - 5) == {"old"}
    assert idle(store, NOON - 15) == set()


def test_what_a_clock_jumped_by_makes_no_session_older(make_store: Callable[..., Store]) -> None:
    store = make_store()
    for key in ("kept", "used"):
        store.create(stored(key, session=session_row(key, active_at=NOON - 10))).wait()
    store.spare(100)
    store.spare(20)
    assert idle(store, NOON + 110) == set()
    assert idle(store, NOON + 111) == {"kept", "used"}
    store.touch("used", NOON + 100)
    assert idle(store, NOON + 105) == {"used"}, "what is used again is as old as it says"
    if make_store is not MemoryStore:
        store = make_store()
        assert idle(store, NOON + 105) == {"used"}
        assert idle(store, NOON + 111) == {"kept", "used"}
        store.save_session(session_row("kept", active_at=NOON)).wait()
        assert idle(make_store(), NOON + 1) == {"kept"}


def test_activity_keeps_a_session_from_expiring(store: Store) -> None:
    store.create(stored("k", session=session_row("k", active_at=NOON - 10))).wait()
    store.touch("k", NOON)
    store.touch("k", NOON - 3)
    (row,) = store.sessions()
    assert row.active_at == NOON
    assert idle(store, NOON - 5) == set()


# --- people and chat --------------------------------------------------------------------------


def test_people_are_kept_in_the_order_in_which_they_came(store: Store) -> None:
    store.create(stored("k", participants=(participant(9),))).wait()
    for number in (5, 1, 7):
        store.save_participant("k", participant(number))
    store.save_participant("k", participant(9, name="Zoë", wants_write=NOON))
    store.delete_participant("k", "person-1")
    store.delete_participant("k", "nobody").wait()
    loaded = store.load("k")
    assert loaded is not None
    assert loaded.participants == (
        participant(9, name="Zoë", wants_write=NOON),
        participant(5),
        participant(7),
    )


def test_roles_change_only_from_what_they_were(store: Store) -> None:
    store.create(stored("k")).wait()
    first = Roles(version=1, host_id="person-1", pen_id="person-1")
    assert store.swap_roles("k", Roles(), first)
    assert not store.swap_roles("k", Roles(), Roles(version=1, host_id="person-2"))
    second = Roles(version=2, host_id="person-1", pen_id="person-2", muted=frozenset({"x"}))
    assert store.swap_roles("k", first, second)
    loaded = store.load("k")
    assert loaded is not None
    assert loaded.roles == second


def test_only_the_last_messages_are_kept(store: Store) -> None:
    store.create(stored("k")).wait()
    commits = [store.append_message("k", message(number), cap=5) for number in range(1, 8)]
    commits[-1].wait()
    loaded = store.load("k")
    assert loaded is not None
    assert [each.id for each in loaded.messages] == [3, 4, 5, 6, 7]


def test_a_smaller_cap_forgets_what_is_beyond_it(store: Store) -> None:
    store.create(stored("k", messages=[message(number) for number in range(1, 8)])).wait()
    store.append_message("k", message(8), cap=2).wait()
    loaded = store.load("k")
    assert loaded is not None
    assert loaded.messages == (message(7), message(8))


def test_the_last_runs_are_remembered_in_order(store: Store) -> None:
    store.create(stored("k")).wait()
    kept = [run(number) for number in range(1, RUNS_KEPT + 4)]
    kept[-1] = run(
        99,
        code="print(1)",
        first_line="print(1)",
        stdin="1\n",
        output=(),
        verdict="killed",
        exit_code=None,
        signal="SIGSEGV",
        truncated=True,
    )
    assert store.last_run("k") is None
    for each in kept:
        store.save_run("k", each)
    assert store.last_run("k") == kept[-1]
    assert store.runs("k") == [replace(each, output=()) for each in kept[3:]]
    assert [store.run("k", each.id) for each in kept] == [None] * 3 + kept[3:]


# --- the document -----------------------------------------------------------------------------


def test_updates_come_back_in_order(store: Store) -> None:
    store.create(stored("k", updates=tuple(updates(1, 2)))).wait()
    for each in updates(3, 40):
        store.append_update("k", each)
    loaded = store.load("k")
    assert loaded is not None
    assert list(loaded.updates) == updates(1, 40)
    assert loaded.seq == 40
    assert loaded.document == [each.data for each in updates(1, 40)]


@pytest.mark.parametrize("seq", [0, 2, 4, -1])
def test_an_update_that_is_not_the_next_one_is_refused(store: Store, seq: int) -> None:
    store.create(stored("k", updates=tuple(updates(1, 2)))).wait()
    with pytest.raises(ValueError, match="cannot follow"):
        store.append_update("k", update(seq))
    store.append_update("k", update(3)).wait()
    loaded = store.load("k")
    assert loaded is not None
    assert loaded.seq == 3


def test_a_snapshot_takes_the_place_of_the_updates_before_it(store: Store) -> None:
    store.create(stored("k", updates=tuple(updates(1, 5)))).wait()
    store.compact("k", 5, [b"state of 5", b"waits"])
    store.append_update("k", update(6)).wait()
    loaded = store.load("k")
    assert loaded is not None
    assert loaded.snapshot == Snapshot(seq=5, parts=(b"state of 5", b"waits"))
    assert loaded.updates == (update(6),)
    assert loaded.document == [b"state of 5", b"waits", update(6).data]
    assert loaded.seq == 6


def test_a_session_of_a_snapshot_alone_knows_how_far_it_is(store: Store) -> None:
    store.create(stored("k", updates=tuple(updates(1, 5)))).wait()
    store.compact("k", 5, [b"state"]).wait()
    loaded = store.load("k")
    assert loaded is not None
    assert (loaded.seq, loaded.updates) == (5, ())


def test_an_older_snapshot_never_replaces_a_newer_one(store: Store) -> None:
    store.create(stored("k", updates=tuple(updates(1, 6)))).wait()
    store.compact("k", 6, [b"state of 6"]).wait()
    store.compact("k", 5, [b"state of 5"]).wait()
    loaded = store.load("k")
    assert loaded is not None
    assert loaded.snapshot == Snapshot(seq=6, parts=(b"state of 6",))


def test_a_snapshot_of_what_did_not_come_is_refused(store: Store) -> None:
    store.create(stored("k", updates=tuple(updates(1, 5)))).wait()
    with pytest.raises(ValueError, match="no snapshot"):
        store.compact("k", 6, [b"state"])


def test_compaction_is_due_after_many_updates_and_then_no_more(store: Store) -> None:
    store.create(stored("k")).wait()
    for seq in range(1, DUE_AFTER_UPDATES):
        store.append_update("k", update(seq))
    assert not store.compaction_due("k")
    store.append_update("k", update(DUE_AFTER_UPDATES))
    assert store.compaction_due("k")
    store.compact("k", DUE_AFTER_UPDATES, [b"state"])
    assert not store.compaction_due("k")


def test_compaction_is_due_after_large_updates(store: Store) -> None:
    store.create(stored("k")).wait()
    store.append_update("k", update(1, bytes(DUE_AFTER_BYTES)))
    assert store.compaction_due("k")


def test_a_large_snapshot_is_not_written_again_for_a_few_updates(store: Store) -> None:
    store.create(stored("k", updates=(update(1),))).wait()
    store.compact("k", 1, [bytes(4 * DUE_AFTER_BYTES)])
    for seq in range(2, DUE_AFTER_UPDATES + 2):
        store.append_update("k", update(seq))
    assert not store.compaction_due("k")


# --- the history ------------------------------------------------------------------------------


def told(store: Store, key: str = "k") -> list[UpdateRow]:
    return list(store.history(key).updates)


def test_the_history_has_every_update_with_its_time_and_its_author(store: Store) -> None:
    store.create(stored("k", participants=(participant(1), participant(2)))).wait()
    everything = updates(1, 47)
    for each in everything:
        store.append_update("k", each)
        if each.seq in (1, 17, 40):
            store.compact("k", each.seq, [b"state of %d" % each.seq])
    history = store.history("k")
    assert history.base is None
    assert list(history.updates) == everything
    assert history.authors == {
        f"person-{number}": Author(name=f"Ann {number}", color="#123456") for number in (1, 2)
    }


def test_the_history_knows_authors_who_left_for_good(store: Store) -> None:
    store.create(stored("k", participants=(participant(1),))).wait()
    store.delete_participant("k", "person-1")
    assert store.history("k").authors["person-1"].name == "Ann 1"


def test_an_empty_session_has_an_empty_history(store: Store) -> None:
    store.create(stored("k")).wait()
    assert told(store) == []


def test_the_history_of_an_imported_session_begins_with_its_snapshot(store: Store) -> None:
    snapshot = Snapshot(seq=9, parts=(b"imported",))
    store.create(stored("k", snapshot=snapshot, updates=(update(10),))).wait()
    assert store.history("k").base == snapshot
    assert told(store) == [update(10)]
    store.compact("k", 10, [b"state of 10"])
    store.append_update("k", update(11)).wait()
    assert store.history("k").base == snapshot
    assert told(store) == updates(10, 11)


@pytest.mark.parametrize("until", [0, 1, 16, 17, 18, 39, 40, 41, 47])
def test_what_one_update_needs_is_less_than_the_whole_history(store: Store, until: int) -> None:
    store.create(stored("k")).wait()
    for each in updates(1, 47):
        store.append_update("k", each)
        if each.seq in (1, 17, 40):
            store.compact("k", each.seq, [b"state of %d" % each.seq])
    history = store.history("k", until)
    first = history.base.seq if history.base is not None else 0
    assert first <= until
    if history.base is not None:
        assert history.base.parts == (b"state of %d" % first,)
    known = [each for each in history.updates if first < each.seq <= until]
    assert known == updates(first + 1, until)
    if until >= 40:
        assert first == 40


def test_a_reader_of_the_history_is_not_disturbed_by_compaction(store: Store) -> None:
    store.create(stored("k", updates=tuple(updates(1, 4)))).wait()
    store.compact("k", 2, [b"state of 2"]).wait()
    reading = iter(store.history("k").updates)
    assert next(reading) == update(1)
    store.compact("k", 4, [b"state of 4"]).wait()
    assert list(reading) == updates(2, 4)


def test_history_beyond_its_cap_is_forgotten_but_can_be_told_from_a_base(
    make_store: Callable[..., Store],
) -> None:
    store = make_store(history_cap=10_000)
    store.create(stored("k")).wait()
    last = 3000
    for seq in range(1, last + 1):
        store.append_update("k", update(seq, sha256(b"%d" % seq).digest()))
        if seq % 100 == 0:
            store.compact("k", seq, [b"state of %d" % seq])
    history = store.history("k")
    assert history.base is not None
    first = history.base.seq + 1
    assert history.base.parts == (b"state of %d" % history.base.seq,)
    assert 1 < first < last - 100
    assert [each.seq for each in history.updates] == list(range(first, last + 1))


def test_a_cap_smaller_than_any_chunk_leaves_the_updates_since_the_snapshot(
    make_store: Callable[..., Store],
) -> None:
    store = make_store(history_cap=10)
    store.create(stored("k", updates=tuple(updates(1, 5)))).wait()
    store.compact("k", 4, [b"state of 4"])
    history = store.history("k")
    assert history.base == Snapshot(seq=4, parts=(b"state of 4",))
    assert list(history.updates) == [update(5)]
