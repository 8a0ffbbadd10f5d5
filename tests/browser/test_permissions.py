"""A page offers what its person may do, and nothing that the server would refuse."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

import pytest
from playwright.sync_api import expect

from collabpad.protocol.enums import Action, RunPolicy, WriteMode
from tests.browser.conftest import TakeSeat
from tests.browser.seat import Seat
from tests.harness import Payload, Server
from tests.sessions.test_permissions import EXPECTED, State

Offered = Callable[[Seat], bool]


class Control(NamedTuple):
    """Where a page offers an action, and what the server hears when it is used there.

    `participant_id` in a payload is the name of somebody of the company.
    """

    action: Action
    name: str
    offered: Offered
    event: str = ""
    payload: Payload = {}  # noqa: RUF012


def _button(name: str) -> Offered:
    return lambda seat: seat.button(name).is_enabled() if seat.button(name).count() else False


def _box(name: str) -> Offered:
    return lambda seat: bool(seat.combobox(name).count()) and seat.combobox(name).is_enabled()


def _option(select: str, value: str) -> Offered:
    def offered(seat: Seat) -> bool:
        option = seat.page.locator(f"#{select} option[value={value}]")
        box = seat.page.locator(f"#{select}")
        return box.is_visible() and box.is_enabled() and option.is_enabled()

    return offered


def _editable(seat: Seat) -> bool:
    return seat.textbox("Session title").get_attribute("readonly") is None


def _writable(seat: Seat) -> bool:
    return seat.editor.get_attribute("aria-readonly") != "true"


def _there(selector: str) -> Offered:
    """Also in a window that is closed now."""
    return lambda seat: seat.page.locator(f"{selector}:not([hidden])").count() == 1


def _input(seat: Seat) -> bool:
    return seat.textbox("Program input").is_visible()


def _join_link(seat: Seat) -> bool:
    seat.button("Share").click()
    dialog = seat.dialog("Share")
    expect(dialog.get_by_role("textbox", name="View-only link", exact=True)).to_be_visible()
    offered = dialog.get_by_role("textbox", name="Join link", exact=True).is_visible()
    seat.page.keyboard.press("Escape")
    return offered


PLACE = {"tname": "content"}
CONTROLS = [
    Control(Action.WRITE, "the code", _writable, "code_change", {"content": "x"}),
    Control(Action.CHAT, "chat", _there("#chat-form"), "send_message", {"message": "Hi"}),
    Control(
        Action.POINT,
        "point",
        _button("Point"),
        "point",
        {"range": {"anchor": PLACE, "head": PLACE}},
    ),
    Control(Action.RENAME, "rename", _button("Rename yourself"), "rename", {"name": "Zoe"}),
    Control(Action.READ_RUNS, "earlier runs", _button("Earlier runs"), "list_runs"),
    Control(Action.INVITE, "join link", _join_link),
    Control(Action.SET_OPTIONS, "title", _editable, "update_session", {"title": "Mine"}),
    Control(
        Action.SET_OPTIONS,
        "who may run",
        _box("Who may run"),
        "update_session",
        {"run_policy": "writers"},
    ),
    Control(
        Action.SET_OPTIONS,
        "approve",
        _option("join-policy", "approve"),
        "update_session",
        {"join_policy": "approve"},
    ),
    Control(
        Action.SET_LANGUAGE, "language", _box("Language"), "update_session", {"language": "python"}
    ),
    Control(
        Action.LOCK,
        "lock",
        _option("join-policy", "locked"),
        "update_session",
        {"join_policy": "locked"},
    ),
    Control(
        Action.SET_PASSCODE,
        "passcode",
        _there("#passcode-form"),
        "update_session",
        {"passcode": "hunter2"},
    ),
    Control(Action.SET_ROTATION, "turns", _box("Rotation"), "set_rotation", {"minutes": 100}),
    Control(
        Action.SET_ROTATION,
        "pause",
        _button("Pause turns"),
        "set_rotation",
        {"minutes": 100, "paused": True},
    ),
    Control(
        Action.SKIP_ANY_TURN,
        "skip",
        _button("Skip Zia’s next turn"),
        "rotation_skip",
        {"participant_id": "Zia"},
    ),
    Control(
        Action.SKIP_OWN_TURN,
        "skip mine",
        _button("Skip my turn"),
        "rotation_skip",
        {"participant_id": "me"},
    ),
    Control(Action.GATHER, "gather", _button("Bring everybody to me"), "gather"),
    Control(Action.RUN, "run", _button("Run"), "run_start", {"code": ""}),
    Control(
        Action.ADMIT,
        "let in",
        _button("Let Kim in"),
        "admit",
        {"participant_id": "Kim", "allow": True},
    ),
    Control(
        Action.GRANT_WRITE,
        "give",
        _button("Give the pen to Pia"),
        "grant_write",
        {"participant_id": "Wil"},
    ),
    Control(
        Action.REVOKE_WRITE,
        "take back",
        _button("Take the pen back"),
        "revoke_write",
        {"participant_id": "Zia"},
    ),
    Control(Action.REQUEST_WRITE, "ask", _button("Ask for the pen"), "request_write"),
    Control(Action.RELEASE_WRITE, "give back", _button("Give the pen back"), "release_write"),
    Control(Action.ROTATION_NEXT, "next", _button("Next now"), "rotation_next"),
    Control(
        Action.SET_OPTIONS,
        "mode",
        _option("write-mode", "open"),
        "update_session",
        {"write_mode": "open"},
    ),
    Control(
        Action.REMOVE,
        "remove",
        _button("Remove Zia"),
        "remove_participant",
        {"participant_id": "Zia"},
    ),
    Control(
        Action.REMOVE_KEY_HOLDER,
        "remove key holder",
        _button("Remove Key"),
        "remove_participant",
        {"participant_id": "Key"},
    ),
    Control(
        Action.ROTATE_LINKS, "links", _button("Change links"), "rotate_links", {"which": "view"}
    ),
    Control(
        Action.TRANSFER_HOST,
        "seat",
        _button("Make Zia the host"),
        "transfer_host",
        {"participant_id": "Pia"},
    ),
    Control(Action.CLOSE_SESSION, "end", _button("End session"), "close_session"),
]
RUN_CONTROLS = [
    Control(Action.STOP_OWN_RUN, "stop own", _button("Stop")),
    Control(Action.STOP_ANY_RUN, "stop", _button("Stop")),
    Control(Action.FEED_OWN_RUN, "feed own", _input),
    Control(Action.FEED_ANY_RUN, "feed", _input),
]
"""Of whoever started it, and of everybody else."""
OPEN_CONTROLS = [
    Control(Action.WRITE, "the code", _writable),
    Control(Action.REVOKE_WRITE, "mute", _button("Mute Zia")),
    Control(Action.SET_LANGUAGE, "language", _box("Language")),
    Control(Action.GATHER, "gather", _button("Bring everybody to me")),
]
UNSEEN = {Action.SHOW_CURSOR, Action.TAKE_OVER}
"""What the page does by itself; and what other pages offer to do to somebody."""
POINTLESS = {"Act": {"ask"}, "Own": {"ask"}, "Wil": {"ask", "skip mine"}}
"""What one may do and is not offered, for it would change nothing."""
SPENDING = {"give", "give back", "next", "mode", "remove", "seat", "end"}
"""After these, or before, somebody else may do what the table says of the company as it was."""
REFUSED = {"not_host", "not_writer", "forbidden"}
STATES = {"Act": "acting", "Wil": "pen", "Pia": "reader", "Vic": "viewer", "Own": "host"}


def granted(name: str, mode: WriteMode = WriteMode.HANDOFF) -> set[Action]:
    in_open = {"pen": "writer", "reader": "writer"}
    state = STATES[name] if mode is WriteMode.HANDOFF else in_open.get(STATES[name], STATES[name])
    return EXPECTED[State(mode, state), RunPolicy.WRITERS]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    hasty = {"COLLABPAD_HOST_GRACE": "0.01", "COLLABPAD_PEN_GRACE": "0.01"}
    folder = tmp_path_factory.mktemp("server")
    with Server(folder, "--no-rate-limits", environment=hasty) as running:
        yield running


class Company:
    """An acting host, who has the pen, two participants, a viewer, one who had the seat by the
    key, and one who knocks."""

    def __init__(self, server: Server, *, own: bool) -> None:
        self.session = server.create_session(
            title="Kata", language="python", content="input()\n", join_policy="open"
        )
        key = server.person("Key").join(self.session, as_host=True)
        self.people = {"Key": key}
        for name in ("Act", "Wil", "Pia", "Zia"):
            self.people[name] = server.person(name).join(self.session)
        self.people["Vic"] = server.person("Vic").view(self.session)
        key.goes()
        act = self.people["Act"]
        act.sees_host(act)
        key.comes_back()
        self.host = act
        if own:
            self.host = self.people["Own"] = server.person("Own").join(self.session, as_host=True)
            act.sees_host(self.host)
        self.host.does("grant_write", participant_id=self.people["Wil"].id)
        self.host.does("set_rotation", minutes=100)
        self.host.does("update_session", join_policy="approve")
        server.person("Kim").tries_to_join(self.session)
        knock = self.host.hears("join_requested", name="Kim")
        self._ids = {name: each.id for name, each in self.people.items()}
        self._ids["Kim"] = knock["participant_id"]

    def lets(self, name: str, event: str, payload: Payload) -> bool:
        """Whether no right stands in the way."""
        target = payload.get("participant_id")
        if target is not None:
            target = self._ids[name if target == "me" else str(target)]
            payload = {**payload, "participant_id": target}
        answer = self.people[name].call(event, **payload)
        return bool(answer["ok"]) or answer["error"]["code"] not in REFUSED

    def open_to_all(self, seat: Seat, name: str) -> None:
        """Have everybody write at once, by the host's page if that is the one."""
        if self.people[name] is self.host:
            seat.combobox("Writing mode").select_option("open")
        else:
            self.host.does("update_session", write_mode="open")


def _page_of(seat: TakeSeat, company: Company, name: str) -> Seat:
    """That person's page: their client's place is taken by it."""
    person, links = company.people[name], company.session
    page = seat(name)
    resume = person.joined["resume"]
    public = links["view_id"] if name == "Vic" else links["session_id"]
    page.context.add_init_script(
        f"for (const storage of [localStorage, sessionStorage])"
        f" storage.setItem('collabpad:resume:{public}', '{resume}')"
    )
    page.opens(f"/editor/{public}").is_in()
    expect(page.person(name)).to_contain_text("you")
    expect(page.person("Key")).to_be_visible()
    return page


def test_no_action_is_left_out() -> None:
    known = {each.action for each in [*CONTROLS, *RUN_CONTROLS]}
    assert known | UNSEEN == set(Action)


@pytest.mark.parametrize("name", STATES)
def test_a_page_offers_what_its_person_may_do(seat: TakeSeat, server: Server, name: str) -> None:
    company = Company(server, own=name == "Own")
    page = _page_of(seat, company, name)
    may = granted(name)
    offered = {each.name for each in CONTROLS if each.offered(page)}
    expected = {each.name for each in CONTROLS if each.action in may}
    assert offered == expected - POINTLESS.get(name, set())
    if name == "Wil":
        page.button("Run").click()
    else:
        company.people["Wil"].does("run_start")
    expect(page.page.locator("#verdict")).to_have_text("waiting for input")
    for each in RUN_CONTROLS:
        if ("own" in each.name) == (name == "Wil"):
            assert each.offered(page) == (each.action in may), each.name
    company.open_to_all(page, name)
    expect(page.pen).to_have_text("You are watching" if name == "Vic" else "Everybody can write")
    may = granted(name, WriteMode.OPEN)
    for each in OPEN_CONTROLS:
        assert each.offered(page) == (each.action in may), each.name
    if name in ("Wil", "Pia"):
        company.host.does("revoke_write", participant_id=company.people[name].id)
        expect(page.pen).to_have_text("You are muted")
        assert not any(each.offered(page) for each in OPEN_CONTROLS)
        assert page.button("Ask to write").is_enabled()


@pytest.mark.parametrize("name", STATES)
def test_the_server_refuses_what_is_not_offered(server: Server, name: str) -> None:
    company, may = Company(server, own=name == "Own"), granted(name)
    for each in CONTROLS:
        if each.name in SPENDING:
            company = Company(server, own=name == "Own")
        if each.event:
            lets = company.lets(name, each.event, each.payload)
            assert lets == (each.action in may), each.name
