"""One browser is one participant, however many tabs it has and in which order they close."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import TakeSeat
from tests.browser.seat import Seat
from tests.harness import Person, Server

Session = dict[str, str]

WITHOUT_STORAGE = """
for (const name of ["localStorage", "sessionStorage", "indexedDB"])
  Object.defineProperty(window, name, { get() { throw new DOMException("no", "SecurityError") } });
"""


@pytest.fixture
def watcher(server: Server, session: Session) -> Iterator[Person]:
    """Sees the roster as it travels."""
    watcher = server.person("Wes").view(session)
    yield watcher
    watcher.goes()


def names(watcher: Person) -> list[str]:
    """Who is in the roster, but for the watcher."""
    watcher.settles()
    people = watcher.all_heard("participants_update")[-1]["participants"].values()
    return [each["name"] for each in people if each["name"] != "Wes"]


def carets(page: Page) -> list[str]:
    carets = page.locator(".remote-caret")
    names: list[str] = carets.evaluate_all("all => all.map((each) => each.dataset.name)")
    return names


def test_a_second_tab_is_the_same_person_with_a_second_caret(
    ann: Seat, bob: Seat, session: Session, watcher: Person
) -> None:
    first = ann.page
    ann.types("one\ntwo")
    ann.second_tab().opens(session["editor_url"]).is_in()
    ann.sees_pen("You have the pen")
    expect(ann.person("Ann")).to_contain_text("host · has the pen")
    expect(ann.people.get_by_role("listitem")).to_have_count(3)
    ann.page.keyboard.press("Control+Home")
    ann.types("\nthree")
    bob.sees_code("one", "two", "three")
    expect(first.locator(".cm-line")).to_have_text(["one", "two", "three"])
    expect(bob.page.locator(".remote-caret")).to_have_count(2)
    assert carets(bob.page) == ["Ann", "Ann"]
    assert carets(ann.page) == carets(first) == []
    assert sorted(names(watcher)) == ["Ann", "Bob"]
    ann.page.close()
    expect(bob.page.locator(".remote-caret")).to_have_count(1)
    expect(bob.person("Ann")).to_contain_text("host · has the pen")
    expect(first.get_by_role("dialog")).to_have_count(0)


def test_closing_every_tab_keeps_host_role_and_pen(
    ann: Seat, bob: Seat, session: Session, watcher: Person
) -> None:
    ann.second_tab().opens(session["editor_url"]).is_in()
    for page in list(ann.context.pages):
        page.close()
    expect(bob.person("Ann")).to_contain_text("offline")
    ann.second_tab().opens(session["editor_url"]).is_in()
    ann.sees_pen("You have the pen")
    expect(ann.button("End session")).to_be_visible()
    assert sorted(names(watcher)) == ["Ann", "Bob"]


def test_tabs_that_open_at_once_are_one_person(
    seat: TakeSeat, session: Session, watcher: Person
) -> None:
    ann = seat("Ann").opens("/")
    ann.page.evaluate("localStorage.setItem('collabpad:name', 'Ann')")
    pages = [ann.page, *(ann.context.new_page() for _ in range(3))]
    for page in pages:
        page.goto(session["editor_url"], wait_until="commit")
    for page in pages:
        connection = page.get_by_role("status", name="Connection")
        expect(connection).to_have_text("Saved")
    assert names(watcher) == ["Ann"]


def test_tabs_that_both_ask_the_name_are_one_person(
    seat: TakeSeat, session: Session, watcher: Person
) -> None:
    ann = seat("Ann").opens(session["editor_url"])
    first = ann.page
    expect(first.get_by_role("dialog", name="Join session")).to_be_visible()
    ann.second_tab().joins(session["editor_url"])
    expect(first.get_by_role("dialog", name="Join session")).to_have_count(0)
    expect(first.get_by_role("status", name="Connection")).to_have_text("Saved")
    assert names(watcher) == ["Ann"]


def test_somebody_else_is_an_explicit_choice(
    ann: Seat, bob: Seat, session: Session, watcher: Person
) -> None:
    first = ann.page
    with ann.context.expect_page() as opened:
        first.get_by_role("link", name="Join as somebody else").click()
    ann.page = opened.value
    gate = ann.dialog("Join session")
    expect(gate.get_by_role("textbox", name="Your name")).to_have_value("")
    gate.get_by_role("textbox", name="Your name").fill("Eve")
    gate.get_by_role("button", name="Join").click()
    ann.is_in().sees_pen("Ann has the pen")
    expect(ann.person("Eve")).to_contain_text("you")
    expect(ann.person("Ann")).to_contain_text("host")
    ann.page.reload()
    ann.is_in()
    expect(ann.person("Eve")).to_contain_text("you")
    assert "#" not in ann.page.url
    assert sorted(names(watcher)) == ["Ann", "Bob", "Eve"]
    ann.button("Leave session").click()
    ann.dialog("Leave this session?").get_by_role("button", name="Leave").click()
    expect(bob.person("Eve")).to_have_count(0)
    expect(first.get_by_role("dialog")).to_have_count(0)
    ann.opens(session["editor_url"]).is_in()
    expect(ann.person("Ann")).to_contain_text("you")


def test_leaving_in_one_tab_leaves_in_all(ann: Seat, bob: Seat, session: Session) -> None:
    first = bob.page
    bob.second_tab().opens(session["editor_url"]).is_in()
    bob.button("Leave session").click()
    bob.dialog("Leave this session?").get_by_role("button", name="Leave").click()
    gone = first.get_by_role("dialog", name="You left this session")
    expect(gone).to_be_visible()
    expect(ann.person("Bob")).to_have_count(0)
    gone.get_by_role("button", name="Join again").click()
    expect(ann.person("Bob")).to_be_visible()


def test_a_removed_person_is_out_in_every_tab(ann: Seat, bob: Seat, session: Session) -> None:
    first = bob.page
    bob.second_tab().opens(session["editor_url"]).is_in()
    ann.person("Bob").hover()
    ann.button("Remove Bob").click()
    ann.confirms("Remove Bob?", "Remove")
    for page in (first, bob.page):
        expect(page.get_by_role("dialog", name="You were removed")).to_be_visible()
    first.get_by_role("button", name="Join again").click()
    expect(ann.person("Bob")).to_be_visible()
    bob.page.get_by_role("button", name="Join again").click()
    bob.is_in()
    expect(ann.people.get_by_role("listitem")).to_have_count(2)


def test_changed_links_and_names_reach_every_tab(
    ann: Seat, bob: Seat, session: Session, watcher: Person
) -> None:
    first = ann.page
    ann.second_tab().opens(session["editor_url"]).is_in()
    ann.button("Change links").click()
    ann.confirms("Change the links?", "Change the links")
    for page in (first, ann.page, bob.page):
        expect(page).not_to_have_url(session["editor_url"])
    assert first.url == ann.page.url
    bob.person("Bob").hover()
    bob.button("Rename yourself").click()
    bob.textbox("New name").fill("Robert")
    bob.page.keyboard.press("Enter")
    for page in (first, ann.page):
        people = page.get_by_role("list", name="Participants")
        expect(people.get_by_role("listitem").filter(has_text="Robert")).to_be_visible()
    for page in (first, ann.page):
        page.reload()
        expect(page.get_by_role("status", name="Pen")).to_have_text("You have the pen")
    assert sorted(names(watcher)) == ["Ann", "Robert"]


def test_without_storage_each_tab_is_a_participant(
    seat: TakeSeat, session: Session, watcher: Person
) -> None:
    ann = seat("Ann")
    ann.context.add_init_script(WITHOUT_STORAGE)
    ann.joins(session["host_url"])
    expect(ann.person("Ann")).to_contain_text("host")
    ann.second_tab().joins(session["editor_url"])
    assert sorted(names(watcher)) == ["Ann", "Ann 2"]


def test_a_page_that_has_to_wait_goes_on_by_itself(
    seat: TakeSeat, tmp_path_factory: pytest.TempPathFactory
) -> None:
    few = {"COLLABPAD_NEWCOMERS_AT_ONCE": "1"}
    with Server(tmp_path_factory.mktemp("server"), environment=few) as server:
        session = server.create_session()
        server.person("Vic").view(session)
        ann = seat("Ann").opens(f"{server.url}/editor/{session['session_id']}")
        ann.textbox("Your name").fill("Ann")
        server.person("Vic").tries_to_join(session["view_id"])  # takes the place that came free
        ann.button("Join").click()
        ann.is_in()
        ann.context.close()
