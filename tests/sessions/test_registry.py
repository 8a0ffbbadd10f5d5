"""Sessions are brought to life one by one, and none waits for another."""

from __future__ import annotations

import gc
import weakref
from dataclasses import replace

import pytest

from collabpad.errors import UnknownSession
from collabpad.protocol.enums import WriteMode
from collabpad.protocol.http_bodies import CreateSession
from collabpad.sessions.registry import Registry
from collabpad.sessions.session import Session
from tests.sessions.context import new_context
from tests.sessions.house import House
from tests.sessions.slow_store import SlowStore
from tests.sessions.threads import LONG, beside


@pytest.fixture
def store() -> SlowStore:
    return SlowStore()


@pytest.fixture
def registry(store: SlowStore) -> Registry:
    return Registry(replace(new_context(), store=store))


def test_a_slow_load_of_one_session_holds_up_no_other(registry: Registry, store: SlowStore) -> None:
    slow, quick = (registry.create(CreateSession()).row for _ in range(2))
    store.held.add(slow.key)
    loading = beside(lambda: registry.find(slow.session_id))
    assert store.waiting.wait(LONG)
    found, _ = beside(lambda: registry.find(quick.session_id)).result(LONG)
    assert found.key == quick.key
    assert not loading.done()
    store.release()
    assert loading.result(LONG)[0].key == slow.key


def test_a_session_that_many_ask_for_is_loaded_once(registry: Registry, store: SlowStore) -> None:
    row = registry.create(CreateSession()).row
    store.held.add(row.key)
    first = beside(lambda: registry.find(row.session_id))
    assert store.waiting.wait(LONG)
    others = [beside(lambda: registry.find(row.session_id)) for _ in range(5)]
    store.release()
    session, _ = first.result(LONG)
    assert all(each.result(LONG)[0] is session for each in others)
    assert store.loads == 1


def test_a_load_that_fails_lets_the_next_one_try(registry: Registry, store: SlowStore) -> None:
    row = registry.create(CreateSession()).row
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(SlowStore, "load", lambda *_: (_ for _ in ()).throw(OSError("unreadable")))
        with pytest.raises(OSError, match="unreadable"):
            registry.find(row.session_id)
    assert registry.find(row.session_id)[0].key == row.key


# --- one owner a session --------------------------------------------------------------------------


def test_who_finds_the_roles_changed_by_somebody_else_stops() -> None:
    """One process owns a session. If another changes it all the same, nothing that is in memory
    here is told any longer: everybody is disconnected, and joins what is stored."""
    house = House()
    ann = house.comes("Ann")
    bob = house.comes("Bob")
    house.clock.pass_time(1)
    session, store = house.session, house.context.store
    theirs = replace(session.roles, version=session.roles.version + 1, pen_id=bob.id)
    assert store.swap_roles(session.key, session.roles, theirs)
    told = {sid: len(events) for sid, events in house.transport.told.items()}
    disconnected: list[str] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(house.transport, "disconnect", disconnected.append)
        with pytest.raises(UnknownSession):
            house.sets_mode(ann, WriteMode.OPEN)
    house.clock.pass_time(1)
    assert session.closed
    assert sorted(disconnected) == sorted([*ann.sids, *bob.sids])
    assert {sid: len(events) for sid, events in house.transport.told.items()} == told
    anew, _ = Registry(house.context).find(session.row.session_id)
    assert anew.roles == theirs


def test_a_session_that_left_memory_needs_no_collector() -> None:
    """Nothing in it refers to the session again."""
    context = new_context()
    row = Registry(context).create(CreateSession()).row
    stored = context.store.load(row.key)
    assert stored is not None
    session = Session(context, stored)
    with session.perform():
        session.system_message("Hello")
    gone = weakref.ref(session)
    gc.disable()
    try:
        del session
        assert gone() is None
    finally:
        gc.enable()
