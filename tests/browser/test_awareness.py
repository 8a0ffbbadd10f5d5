"""Knowing of each other: rotation, following, gathering, pointing, activity."""

from __future__ import annotations

import json
import re

from playwright.sync_api import Locator, Page, WebSocketRoute, expect

from tests.browser.conftest import TakeSeat
from tests.browser.seat import Seat
from tests.harness import Server

LINES = 300
LONG = "\n".join(f"line_{number} = {number}" for number in range(1, LINES + 1))
PHONE = {"viewport": {"width": 360, "height": 740}, "has_touch": True, "is_mobile": True}
HIDE = """(hidden) => {
  const visibilityState = { configurable: true, get: () => (hidden ? "hidden" : "visible") };
  Object.defineProperty(document, "visibilityState", visibilityState);
  document.dispatchEvent(new Event("visibilitychange"));
}"""

COVERED = """(offer) => {
  const { x, y, width } = offer.querySelector("span").getBoundingClientRect();
  return !offer.contains(document.elementFromPoint(x + width / 2, y + 4));
}"""


def line(seat: Seat, number: int) -> Locator:
    """A line of the long text, as far as the editor draws it."""
    return seat.page.locator(".cm-line", has_text=re.compile(rf"^line_{number} "))


def sees_line(seat: Seat, number: int) -> None:
    expect(line(seat, number)).to_be_in_viewport()


def goes_to(seat: Seat, key: str) -> None:
    seat.editor.focus()
    seat.page.keyboard.press(key)


def following(seat: Seat) -> Locator:
    return seat.page.get_by_role("group", name="Following")


def heard(seat: Seat, text: str) -> None:
    """A screen reader was given this to say."""
    expect(seat.page.locator("#announcer")).to_contain_text(text)


def commands(seat: Seat, title: str) -> None:
    seat.page.keyboard.press("F1")
    seat.combobox("Command").fill(title)
    seat.page.keyboard.press("Enter")


class Wire:
    """What the server says to one page, and what a test says in its place."""

    def __init__(self, page: Page) -> None:
        self._sockets: list[WebSocketRoute] = []
        page.route_web_socket(re.compile("/socket.io/"), self._open)

    def _open(self, socket: WebSocketRoute) -> None:
        socket.connect_to_server()
        self._sockets.append(socket)

    def says(self, event: str, payload: object) -> None:
        self._sockets[-1].send(f"42{json.dumps([event, payload])}")


def test_one_follows_another_until_one_moves_oneself(server: Server, seat: TakeSeat) -> None:
    session = server.create_session(content=LONG)
    ann = seat("Ann").joins(session["host_url"])
    bob = seat("Bob").joins(session["editor_url"])
    bob.button("Follow Ann").click()
    expect(following(bob)).to_contain_text("Following Ann · Esc or any key stops")
    expect(bob.notices).to_contain_text("Ann has not placed a caret in the code yet.")
    goes_to(ann, "Control+End")
    sees_line(bob, LINES)
    goes_to(ann, "Control+Home")
    sees_line(bob, 1)
    ann.types("# here")
    sees_line(bob, LINES)
    heard(bob, f"Ann edits line {LINES}.")

    bob.editor.focus()
    bob.page.keyboard.press("Shift")
    expect(bob.button("Follow Ann")).to_have_attribute("aria-pressed", "true")
    bob.page.keyboard.press("ArrowUp")
    expect(following(bob)).to_be_hidden()
    expect(bob.button("Follow Ann")).to_have_attribute("aria-pressed", "false")

    bob.person("Ann").hover()
    bob.button("Go to Ann").click()
    expect(bob.editor).to_be_focused()
    expect(bob.page.get_by_text(f"Ln {LINES}, Col")).to_be_visible()
    bob.button("Follow Ann").click()
    bob.page.keyboard.press("Escape")
    expect(following(bob)).to_be_hidden()
    commands(bob, "Follow Ann")
    expect(following(bob)).to_contain_text("Following Ann")
    commands(bob, "Say where everybody is")
    expect(bob.notices).to_contain_text(f"Ann: line {LINES}")
    ann.context.close()
    expect(bob.notices).to_contain_text("Ann went offline")
    expect(following(bob)).to_be_hidden()
    expect(bob.person("Ann")).to_contain_text("offline")


def test_everybody_is_asked_to_come_and_nobody_is_moved(server: Server, seat: TakeSeat) -> None:
    session = server.create_session(content=LONG)
    ann = seat("Ann").joins(session["host_url"])
    expect(ann.button("Bring everybody to me")).to_be_hidden()
    bob = seat("Bob").joins(session["editor_url"])
    eve = seat("Eve").joins(session["view_url"])
    expect(eve.button("Bring everybody to me")).to_be_hidden()
    goes_to(ann, "Control+End")
    ann.button("Bring everybody to me").click()
    expect(ann.notices).to_contain_text("You invited everybody else")
    for seat_ in (bob, eve):
        expect(seat_.notices).to_contain_text("Ann asks everybody to come and look.")
        sees_line(seat_, 1)
    bob.editor.focus()
    bob.page.keyboard.press("Alt+n")
    expect(bob.button("Go there")).to_be_focused()
    bob.page.keyboard.press("Enter")
    expect(bob.editor).to_be_focused()
    sees_line(bob, LINES)
    expect(following(bob)).to_contain_text("Following Ann")
    eve.button("Stay").click()
    expect(eve.notices).to_be_empty()
    sees_line(eve, 1)
    bob.button("Stop following").click()
    expect(following(bob)).to_be_hidden()


def test_viewers_too_can_point(server: Server, seat: TakeSeat) -> None:
    session = server.create_session(content=LONG)
    ann = seat("Ann", reduced_motion="reduce")
    ann.page.clock.install()
    ann.joins(session["host_url"])
    eve = seat("Eve").joins(session["view_url"])
    expect(eve.button("Point")).to_be_visible()
    goes_to(eve, "Control+Home")
    eve.page.keyboard.press("Shift+End")
    eve.page.keyboard.press("Alt+p")
    for page in (ann.page, eve.page):
        expect(page.locator(".pointed")).to_have_text("line_1 = 1")
        expect(page.locator(".pointed-name")).to_have_attribute("data-name", "Eve")
    heard(ann, "Eve points at line 1")
    expect(ann.page.locator(".pointed")).to_have_css("animation-name", "none")
    ann.page.clock.fast_forward(6100)
    expect(ann.page.locator(".pointed")).to_have_count(0)

    goes_to(eve, "Control+End")
    eve.button("Point").click()
    expect(eve.editor).to_be_focused()
    expect(ann.notices).to_contain_text(f"Eve points at line {LINES}")
    sees_line(ann, 1)
    ann.button("Show").click()
    expect(ann.page.locator(".pointed")).to_have_text(f"line_{LINES} = {LINES}")
    sees_line(ann, LINES)


def test_the_pen_goes_round(seat: TakeSeat, session: dict[str, str]) -> None:
    ann = seat("Ann")
    ann.page.clock.install()
    ann.joins(session["host_url"])
    bob = seat("Bob")
    wire = Wire(bob.page)
    bob.joins(session["editor_url"])
    turn = {each: each.page.get_by_role("timer", name="Turn") for each in (ann, bob)}
    expect(ann.page.get_by_text(re.compile(r"^since \d"))).to_be_visible()
    expect(bob.combobox("Rotation")).to_have_count(0)
    ann.combobox("Rotation").select_option(label="Every 5 minutes")
    expect(turn[bob]).to_have_text(re.compile(r"^next: you in [45]:\d\d$"))
    expect(turn[ann]).to_have_text(re.compile(r"^next: Bob in [45]:\d\d$"))
    before = turn[ann].inner_text()
    # Not so far that the connection would be taken for dead.
    ann.page.clock.fast_forward(7000)
    expect(turn[ann]).not_to_have_text(before)
    expect(turn[ann]).to_have_text(re.compile(r"^next: Bob in 4:[0-5]\d$"))
    ann.combobox("Rotation").select_option(label="Other…")
    minutes = ann.page.get_by_role("spinbutton", name="Minutes per turn")
    expect(minutes).to_be_focused()
    minutes.fill("7")
    minutes.press("Enter")
    expect(turn[bob]).to_have_text(re.compile(r"^next: you in [67]:\d\d$"))

    wire.says("rotation_soon", {"participant_id": "nobody", "name": "Dev", "seconds": 30})
    expect(bob.notices).to_contain_text("The pen goes to Dev in 30 seconds.")
    me = bob.button("Rename yourself").get_attribute("data-action") or ""
    news = {"participant_id": me.removeprefix("rename-"), "name": "Bob", "seconds": 30}
    wire.says("rotation_soon", news)
    expect(bob.notices).to_contain_text("You are next: the pen comes to you in 30 seconds.")

    ann.combobox("Rotation").select_option(label="Other…")
    minutes.fill("1")
    minutes.press("Enter")
    expect(turn[bob]).to_have_text(re.compile(r"^next: you in 0:\d\d$"))
    wire.says("rotation_soon", {**news, "seconds": 60})
    expect(bob.notices).to_contain_text(re.compile(r"comes to you in (?!60)\d+ seconds?\."))
    ann.combobox("Writing mode").select_option(label="Everybody")
    expect(turn[bob]).to_be_hidden()
    expect(bob.notices).not_to_contain_text("You are next", timeout=20_000)  # else it stays for 30
    expect(ann.combobox("Rotation")).to_be_hidden()
    ann.combobox("Writing mode").select_option(label="One pen")
    expect(ann.combobox("Rotation")).to_have_value("")


def test_activity_in_other_tabs_shows(ann: Seat, bob: Seat) -> None:
    face = ann.page.get_by_role("button", name=re.compile("^People")).locator(".avatar").nth(1)
    bob.page.evaluate(HIDE, True)
    expect(ann.person("Bob")).to_contain_text("away")
    expect(face).to_have_attribute("data-activity", "away")
    bob.page.evaluate(HIDE, False)
    expect(ann.person("Bob")).not_to_contain_text("away")
    expect(face).to_have_attribute("data-activity", "active")


def test_on_a_phone_one_asks_and_points_by_touch(
    ann: Seat, seat: TakeSeat, session: dict[str, str]
) -> None:
    ann.types("first")
    bob = seat("Bob", **PHONE).joins(session["editor_url"])
    bob.sees_code("first")
    bob.editor.tap()
    bob.button("Point").tap()
    expect(ann.page.locator(".pointed")).to_have_text("first")
    keyboard = bob.context.new_cdp_session(bob.page)
    composing = {"text": "x", "selectionStart": 1, "selectionEnd": 1}
    keyboard.send("Input.imeSetComposition", composing)
    offer = bob.page.get_by_role("group", name="Reading only")
    expect(offer).to_contain_text("Ann has the pen")
    expect(bob.notices).to_contain_text("You can read and chat")
    assert not offer.evaluate(COVERED)
    offer.get_by_role("button").tap()
    expect(ann.button("Give it to Bob")).to_be_visible()
    bob.sees_code("first")


def order_of_turns(seat: Seat) -> Locator:
    return seat.page.get_by_role("list", name="Order of turns").get_by_role("listitem")


def sees_order(seat: Seat, *names: str) -> None:
    expect(order_of_turns(seat).locator(".name")).to_have_text(list(names))


def takes_turns(ann: Seat, minutes: int = 30) -> None:
    ann.combobox("Rotation").select_option(label=f"Every {minutes} minutes")


def test_the_host_leads_the_turns_of_a_mob(
    server: Server, ann: Seat, bob: Seat, seat: TakeSeat
) -> None:
    url = ann.page.url
    seat("Cleo").joins(url)
    expect(ann.page.get_by_role("list", name="Order of turns")).to_be_hidden()
    takes_turns(ann)
    for each in (ann, bob):
        sees_order(each, "Ann", "Bob", "Cleo")
    expect(order_of_turns(ann).nth(1)).to_contain_text("next")

    # By key: the keyboard stays on the person that is moved.
    cleo = ann.button(re.compile("^Move Cleo in the order"))
    cleo.focus()
    ann.page.keyboard.press("ArrowUp")
    sees_order(bob, "Ann", "Cleo", "Bob")
    expect(cleo).to_be_focused()
    heard(ann, "Cleo is now number 2 of 3.")
    expect(order_of_turns(bob).nth(1)).to_contain_text("next")
    expect(bob.button(re.compile("^Move "))).to_have_count(0)

    # By drag: Ann to the end.
    handle = ann.button(re.compile("^Move Ann in the order")).bounding_box()
    last = order_of_turns(ann).last.bounding_box()
    assert handle is not None
    assert last is not None
    ann.page.mouse.move(handle["x"] + 8, handle["y"] + 8)
    ann.page.mouse.down()
    ann.page.mouse.move(handle["x"] + 8, last["y"] + last["height"] - 2, steps=8)
    sees_order(bob, "Ann", "Cleo", "Bob")  # not before she is let go
    ann.page.mouse.up()
    for each in (ann, bob):
        sees_order(each, "Cleo", "Bob", "Ann")

    # Skip, pause, next: Cleo is next after Ann, is passed over, and the pen goes to Bob.
    ann.button("Skip Cleo’s next turn").click()
    expect(order_of_turns(bob).nth(1)).to_contain_text("next")
    ann.button("Pause turns").click()
    expect(bob.page.get_by_role("timer", name="Turn")).to_have_text(re.compile("^turn paused"))
    expect(bob.button("Next now")).to_be_hidden()
    ann.button("Next now").click()
    bob.sees_pen("You have the pen")
    ann.button("Resume turns").click()
    expect(bob.page.get_by_role("timer", name="Turn")).to_have_text(re.compile("^next: Ann in"))
    bob.button("Next now").click()
    ann.sees_pen("You have the pen")
    bob.button("Skip my turn").click()
    expect(order_of_turns(bob).nth(0)).to_contain_text("next")


def test_an_idle_person_is_asked_before_the_pen_comes(
    ann: Seat, server: Server, seat: TakeSeat
) -> None:
    bob = seat("Bob")
    wire = Wire(bob.page)
    bob.joins(ann.page.url)
    takes_turns(ann)
    sees_order(bob, "Ann", "Bob")
    me = bob.page.evaluate(
        "() => document.querySelector('[data-rotation^=skip-]').dataset.rotation.slice(5)"
    )
    news = {"participant_id": me, "name": "Bob", "seconds": 30, "idle": True}
    wire.says("rotation_soon", news)
    expect(bob.notices).to_contain_text("Are you there? The pen comes to you in 30 seconds.")
    bob.notices.get_by_role("button", name="I’m here").click()
    expect(bob.notices).not_to_contain_text("Are you there?")
    wire.says("rotation_soon", news)
    bob.notices.get_by_role("button", name="Skip my turn").click()
    expect(order_of_turns(ann).nth(0)).to_contain_text("has the pen")
    expect(order_of_turns(ann).nth(1)).not_to_contain_text("next")
