"""Requests and announcements: on few lines, covering nothing."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import TakeSeat
from tests.browser.seat import Seat
from tests.harness import Person, Server, eventually

NAMES = ("Bob", "Cyrus", "Dora", "Eve", "Fred", "Gil")
LONG = "\n".join(f"line_{number} = {number}" for number in range(300))

COVERED = """(line) => {
  const { left, right, top, bottom } = line.getBoundingClientRect();
  const covered = [];
  for (let x = left + 1; x < Math.min(right, innerWidth) - 14; x += 8) {
    for (const y of [top + 1, (top + bottom) / 2, bottom - 1]) {
      const there = document.elementFromPoint(x, y);
      if (!line.contains(there)) covered.push([x, y, there?.outerHTML.slice(0, 80) ?? null]);
    }
  }
  return covered;
}"""
"""Where something lies over an element but for the splitter at its end, or it is out of sight."""

LISTEN = """() => {
  window.heard = [];
  new MutationObserver((changes) => {
    for (const { addedNodes } of changes)
      for (const line of addedNodes) window.heard.push(line.textContent);
  }).observe(document.getElementById("announcer"), { childList: true });
}"""


def requests_of(seat: Seat) -> Locator:
    return seat.page.get_by_role("group", name="Requests")


def who_ask(server: Server, session: dict[str, str]) -> list[Person]:
    """Six people, one after the other."""
    people = [server.person(name).join(session) for name in NAMES]
    for each in people:
        each.does("request_write")
    return people


def nothing_covers_the_caret(seat: Seat) -> None:
    eventually(
        lambda: seat.page.locator(".cm-activeLine").evaluate(COVERED) == [],
        "the whole line of the caret",
    )


def heard(page: Page) -> list[str]:
    found: list[str] = page.evaluate("window.heard")
    return found


def test_six_requests_for_the_pen_are_one_line(
    server: Server, session: dict[str, str], ann: Seat
) -> None:
    ann.types("typing ")
    people = who_ask(server, session)
    requests = requests_of(ann)
    expect(requests).to_contain_text("Bob and 5 more ask for the pen")
    expect(requests.get_by_role("button")).to_have_count(3)
    ann.page.keyboard.type("on and on")
    ann.sees_code("typing on and on")
    everybody = ann.button("All 6 requests for the pen")
    everybody.press("Enter")
    expect(everybody).to_be_focused()
    expect(everybody).to_have_attribute("aria-expanded", "true")
    names = requests.get_by_role("listitem").locator("b")
    expect(names).to_have_text(list(NAMES))
    ann.button("Hide Cyrus’s request").click()
    people[0].does("cancel_request")
    people[3].does("request_write")  # once more is once
    expect(names).to_have_text(["Dora", "Eve", "Fred", "Gil"])
    people[0].does("request_write")  # anew is last
    expect(names).to_have_text(["Dora", "Eve", "Fred", "Gil", "Bob"])
    everybody = ann.button("All 5 requests for the pen")
    everybody.press("Enter")
    expect(requests).to_contain_text("Dora and 4 more ask for the pen")
    ann.button("Give it to Dora").press("Enter")
    people[2].sees_pen_with(people[2])
    expect(requests).to_contain_text("Eve and 3 more ask for the pen")
    expect(ann.button("All 4 requests for the pen")).to_be_focused()
    ann.button("Hide all requests").click()
    expect(requests).to_be_hidden()


def test_the_button_that_opens_the_list_stays_under_the_pointer(
    server: Server, session: dict[str, str], ann: Seat
) -> None:
    people = who_ask(server, session)
    toggle = ann.button("All 6 requests for the pen")
    before = toggle.bounding_box()
    toggle.click()
    expect(toggle).to_have_attribute("aria-expanded", "true")
    assert toggle.bounding_box() == before
    assert before
    ann.page.mouse.click(before["x"] + 5, before["y"] + 5)
    expect(toggle).to_have_attribute("aria-expanded", "false")
    expect(ann.button("Give it to Bob")).to_be_visible()
    assert not people[-1].settles().all_heard("write_revoked")
    ann.sees_pen("You have the pen")


def test_a_double_click_gives_the_pen_once(
    server: Server, session: dict[str, str], ann: Seat
) -> None:
    people = who_ask(server, session)
    ann.button("Give it to Bob").dblclick()
    expect(requests_of(ann)).to_contain_text("Cyrus and 4 more ask for the pen")
    people[0].settles().sees_pen_with(people[0])


def test_repeated_requests_are_announced_once(
    server: Server, session: dict[str, str], ann: Seat
) -> None:
    ann.page.evaluate(LISTEN)
    bob, cyrus = (server.person(name).join(session) for name in NAMES[:2])
    for _ in range(4):
        bob.does("request_write")
        expect(ann.button("Give it to Bob")).to_be_visible()
        bob.does("cancel_request")
        expect(ann.button("Give it to Bob")).to_have_count(0)
    eventually(lambda: "Bob asks for the pen." in heard(ann.page), "Bob's name")
    cyrus.does("request_write")
    eventually(lambda: "Cyrus asks for the pen." in heard(ann.page), "the name of Cyrus")
    assert heard(ann.page).count("Bob asks for the pen.") == 1


def test_four_requests_to_join_are_one_line(
    server: Server, session: dict[str, str], ann: Seat
) -> None:
    ann.combobox("Who may join").select_option(label="When let in")
    for name in NAMES[:4]:
        answer = server.person(name).tries_to_join(session)
        assert answer["error"]["code"] == "waiting"
    requests = requests_of(ann)
    expect(requests).to_contain_text("Bob and 3 more want to come in")
    ann.button("All 4 people who want to come in").click()
    ann.button("Refuse Dora").click()
    ann.button("Let Cyrus in").click()
    expect(ann.person("Cyrus")).to_be_visible()
    expect(requests.get_by_role("listitem").locator("b")).to_have_text(["Bob", "Eve"])
    ann.button("Let Bob in").click()
    expect(requests).to_contain_text("Eve wants to come in")
    ann.button("Share").click()
    ann.dialog("Share").get_by_role("button", name="Let Eve in").press("Enter")
    expect(ann.button("Close")).to_be_focused()


SIZES = ((390, 508), (360, 640), (360, 300), (844, 390), (1280, 800))


@pytest.mark.parametrize("touch", [True, False], ids=["phone", "desktop"])
def test_no_notice_covers_the_line_that_is_typed(
    server: Server, seat: TakeSeat, touch: bool
) -> None:
    session = server.create_session(content=LONG)
    phone = {"has_touch": True, "is_mobile": True} if touch else {}
    ann = seat("Ann", viewport={"width": 1280, "height": 800}, **phone)
    ann.joins(session["host_url"])
    ann.combobox("Writing mode").select_option(label="Everybody")
    ann.sees_pen("Everybody can write")
    callers = [server.person(f"Caller {number}").join(session) for number in range(4)]
    ann.editor.focus()
    ann.page.keyboard.press("Control+End")
    for width, height in SIZES:
        ann.page.set_viewport_size({"width": width, "height": height})
        ann.page.keyboard.type("\n+")
        nothing_covers_the_caret(ann)
    for each in callers:
        each.does("gather")
    asks = ann.page.get_by_text("asks everybody to come and look")
    expect(ann.notices.get_by_role("button", name="2 more notices")).to_be_visible()
    expect(asks.locator("visible=true")).to_have_count(2)
    ann.combobox("Writing mode").select_option(label="One pen")
    ann.sees_pen("You have the pen")
    for each in callers:
        each.does("request_write")
    expect(requests_of(ann)).to_contain_text("Caller 0 and 3 more ask for the pen")
    ann.editor.focus()
    for width, height in SIZES:
        ann.page.set_viewport_size({"width": width, "height": height})
        nothing_covers_the_caret(ann)
        ann.page.keyboard.type("+")
        expect(ann.page.locator(".cm-activeLine")).to_contain_text("+")
        nothing_covers_the_caret(ann)


def test_a_following_reader_sees_the_end_of_the_text(server: Server, seat: TakeSeat) -> None:
    session = server.create_session(content=LONG)
    ann = seat("Ann").joins(session["host_url"])
    bob = seat("Bob", viewport={"width": 390, "height": 508}, has_touch=True, is_mobile=True)
    bob.joins(session["editor_url"]).editor.press("x")
    expect(bob.page.get_by_role("group", name="Reading only")).to_be_visible()
    ann.editor.focus()
    ann.page.keyboard.press("Control+End")
    bob.button(re.compile("^People")).tap()
    bob.button("Follow Ann").tap()
    bob.button("Close people").tap()
    expect(bob.page.get_by_role("group", name="Following")).to_be_visible()
    last = bob.page.locator(".cm-line", has_text="line_299")
    expect(last).to_be_visible()
    eventually(lambda: last.evaluate(COVERED) == [], "the whole last line")
