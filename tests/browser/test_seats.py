"""No page offers what the server would refuse, whoever looks at it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import TakeSeat
from tests.browser.seat import Seat
from tests.harness import Payload, Person, Server

Session = dict[str, str]
Offered = Callable[[Seat], bool]


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


def _passcode(seat: Seat) -> bool:
    return bool(seat.textbox("Passcode").count())


CONTROLS: list[tuple[str, Offered, str, Payload]] = [
    ("title", _editable, "update_session", {"title": "Mine"}),
    ("language", _box("Language"), "update_session", {"language": "python"}),
    ("who may run", _box("Who may run"), "update_session", {"run_policy": "everyone"}),
    ("approve", _option("join-policy", "approve"), "update_session", {"join_policy": "approve"}),
    ("locked", _option("join-policy", "locked"), "update_session", {"join_policy": "locked"}),
    ("passcode", _passcode, "update_session", {"passcode": "hunter2"}),
    ("turns", _box("Rotation"), "set_rotation", {"minutes": 10}),
    ("gather", _button("Bring everybody to me"), "gather", {}),
    ("links", _button("Change links"), "rotate_links", {"which": "view"}),
    ("run", _button("Run"), "run_start", {"code": ""}),
    ("give", _button("Give the pen to Pia"), "grant_write", {"participant_id": "Pia"}),
    ("take back", _button("Take the pen back"), "revoke_write", {"participant_id": "Pia"}),
    ("ask", _button("Ask for the pen"), "request_write", {}),
    ("give back", _button("Give the pen back"), "release_write", {}),
    ("mode", _option("write-mode", "open"), "update_session", {"write_mode": "open"}),
    ("remove", _button("Remove Pia"), "remove_participant", {"participant_id": "Pia"}),
    ("remove key", _button("Remove Key"), "remove_participant", {"participant_id": "Key"}),
    ("seat", _button("Make Wil the host"), "transfer_host", {"participant_id": "Wil"}),
    ("end", _button("End session"), "close_session", {}),
]
"""Each control that not everybody has, and what the server hears when it is used."""
HOSTS = {"title", "language", "who may run", "approve", "turns", "gather", "mode", "remove", "seat"}
KEYS = {"locked", "passcode", "links", "remove key", "end"}
EXPECTED = {
    "Act": HOSTS | {"run", "give", "take back"},
    "Wil": {"language", "gather", "run", "give", "give back"},
    "Pia": {"ask"},
    "Vic": set[str](),
    "Own": HOSTS | KEYS | {"run", "give", "take back"},
}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    hasty = {"COLLABPAD_HOST_GRACE": "0.01", "COLLABPAD_PEN_GRACE": "0.01"}
    folder = tmp_path_factory.mktemp("server")
    with Server(folder, "--no-rate-limits", environment=hasty) as running:
        yield running


class Company:
    """An acting host, a writer, a participant, a viewer, and one who had the seat by the key."""

    def __init__(self, server: Server, *, own: bool) -> None:
        self.session = server.create_session(title="Kata", language="python")
        key = server.person("Key").join(self.session, as_host=True)
        self.people = {"Key": key}
        for name in ("Act", "Wil", "Pia"):
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

    def accepts(self, name: str, event: str, payload: Payload) -> bool:
        person = self.people[name]
        target = payload.get("participant_id")
        if event == "revoke_write":
            payload = {"participant_id": self.people["Wil"].id}
        elif target is not None:
            payload = {"participant_id": self.people[str(target)].id}
        return bool(person.call(event, **payload)["ok"])


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


@pytest.mark.parametrize("name", EXPECTED)
def test_a_page_offers_what_the_server_accepts(seat: TakeSeat, server: Server, name: str) -> None:
    company = Company(server, own=name == "Own")
    page = _page_of(seat, company, name)
    offered = {control for control, is_offered, _, _ in CONTROLS if is_offered(page)}
    assert offered == EXPECTED[name]
    twins = Company(server, own=name == "Own")
    for control, _, event, payload in CONTROLS:
        if control in {
            "give back",
            "mode",
            "remove key",
            "end",
        }:  # what came before changes who may
            twins = Company(server, own=name == "Own")
        accepted = twins.accepts(name, event, payload)
        assert accepted or control not in offered, control
        if control in KEYS | HOSTS - {"language", "gather"}:
            assert accepted == (control in offered), control


def test_an_acting_host_is_told_so(seat: TakeSeat, session: Session) -> None:
    ann = seat("Ann").joins(session["editor_url"])
    expect(ann.person("Ann")).to_contain_text("acting host")
    expect(ann.page.get_by_text("You are the acting host.")).to_be_visible()
    ann.opens(session["host_url"]).is_in()
    expect(ann.person("Ann")).not_to_contain_text("acting")
    expect(ann.page.get_by_text("You are the acting host.")).to_be_hidden()
    expect(ann.button("End session")).to_be_visible()


@pytest.fixture
def lan(tmp_path: Path) -> Iterator[Server]:
    token = tmp_path / "token"
    token.write_text("a-token-for-the-operator-alone")
    with Server(tmp_path, "--token-file", str(token)) as running:
        yield running


def test_the_operators_link_leads_into_the_first_session_as_its_host(
    seat: TakeSeat, lan: Server
) -> None:
    made = lan.create_session(title="First")
    guest: Person = lan.person("Guest").join(made)
    way_in = f"{lan.url}/?token={lan.token}&session={made['session_id']}#host={made['host_key']}"
    ann = seat("Ann").opens(way_in).gives_name()
    assert ann.page.url == f"{lan.url}/editor/{made['session_id']}"
    expect(ann.person("Ann")).to_contain_text("host")
    assert guest.sees_roster(lambda roster: roster["host_id"] not in (None, guest.id))
    expect(ann.button("End session")).to_be_visible()
    # The same link after the session: the start page, with the other sessions.
    lan.create_session(title="Second <b>")
    ann.button("End session").click()
    ann.button("End it for everybody").click()
    ann.opens("about:blank").opens(way_in)
    expect(ann.button("New session")).to_be_visible()
    assert ann.page.url == f"{lan.url}/"
    row = ann.page.get_by_role("listitem").filter(has_text="Second <b>")
    expect(row).to_contain_text("nobody here · opened just now")
    row.get_by_role("link", name="Open the session Second <b>").click()
    ann.is_in()
    stranger = seat("Bob").opens(lan.url)
    expect(stranger.page.get_by_text("Sessions on this server")).to_have_count(0)
    for each in (ann, stranger):
        each.context.close()
