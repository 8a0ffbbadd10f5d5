"""The panels around the code: sized, closed, moved, docked, remembered; nothing jumps."""

from __future__ import annotations

import re
from typing import Any

from playwright.sync_api import FloatRect, Locator, Page, expect

from tests.browser.conftest import TakeSeat
from tests.browser.seat import Seat
from tests.harness import eventually

PHONE: dict[str, Any] = {
    "viewport": {"width": 360, "height": 740},
    "has_touch": True,
    "is_mobile": True,
}
SHIFTS = """
window.shifts = [];
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) {
    const where = entry.sources.map((source) => source.node?.id || source.node?.className);
    window.shifts.push({ value: entry.value, where });
  }
}).observe({ type: "layout-shift", buffered: true });
"""
SMALL_TARGETS = """() => [...document.querySelectorAll("button, select, input, a.button")]
  .filter((each) => !each.matches(".link, .place, [type=checkbox]"))
  .filter((each) => each.checkVisibility() && each.getBoundingClientRect().width > 1)
  .map((each) => ({ name: each.id || each.ariaLabel || each.textContent,
                    height: each.getBoundingClientRect().height,
                    width: each.getBoundingClientRect().width }))
  .filter(({ height, width }) => height < 44 || width < 44)"""


def splitter(seat: Seat, name: str) -> Locator:
    return seat.page.get_by_role("separator", name=name, exact=True)


def box(locator: Locator) -> FloatRect:
    found = locator.bounding_box()
    assert found is not None
    return found


def drag(page: Page, what: Locator, x: float, y: float) -> None:
    at = box(what)
    start = at["x"] + at["width"] / 2, at["y"] + at["height"] / 2
    page.mouse.move(*start)
    page.mouse.down()
    page.mouse.move(start[0] + x / 2, start[1] + y / 2)
    page.mouse.move(start[0] + x, start[1] + y)
    page.mouse.up()


def swipe(page: Page, what: Locator, x: float) -> None:
    """With a finger; Playwright has none that moves."""
    at = box(what)
    start, y = at["x"] + at["width"] / 2, at["y"] + at["height"] / 2
    browser = page.context.new_cdp_session(page)
    for kind, points in (
        ("touchStart", [{"x": start, "y": y}]),
        ("touchMove", [{"x": start + x / 2, "y": y}]),
        ("touchMove", [{"x": start + x, "y": y}]),
        ("touchEnd", []),
    ):
        browser.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})


def chat_window(seat: Seat) -> Locator:
    return seat.page.get_by_role("region", name="Chat window")


def lies_within(inner: Locator, outer: Locator) -> bool:
    a, b = box(inner), box(outer)
    return (
        a["x"] >= b["x"]
        and a["y"] >= b["y"]
        and a["x"] + a["width"] <= b["x"] + b["width"]
        and a["y"] + a["height"] <= b["y"] + b["height"]
    )


def test_panels_are_sized_by_mouse_and_keys_and_stay_so(ann: Seat) -> None:
    people, output = (
        splitter(ann, "Width of the people"),
        splitter(ann, "Height of the output"),
    )
    expect(people).to_have_attribute("aria-valuenow", "280")
    drag(ann.page, people, -60, 0)
    expect(people).to_have_attribute("aria-valuenow", "340")
    people.press("ArrowLeft")
    expect(people).to_have_attribute("aria-valuenow", "356")
    drag(ann.page, output, 0, -50)
    expect(output).to_have_attribute("aria-valuenow", "270")
    output.press("Home")
    expect(output).to_have_attribute("aria-valuenow", "96")
    ann.page.reload()
    ann.is_in()
    expect(people).to_have_attribute("aria-valuenow", "356")
    expect(output).to_have_attribute("aria-valuenow", "96")
    people.dblclick()
    expect(people).to_have_attribute("aria-valuenow", "280")
    people.press("Enter")
    expect(ann.people).to_be_hidden()
    ann.button("Fold output").click()
    expect(ann.output).to_be_hidden()
    ann.page.reload()
    ann.is_in()
    expect(ann.people).to_be_hidden()
    expect(ann.output).to_be_hidden()
    ann.button(re.compile("^People")).click()
    expect(ann.people).to_be_visible()


def test_panels_are_sized_and_the_chat_moved_by_finger(
    seat: TakeSeat, session: dict[str, str]
) -> None:
    tablet = {"viewport": {"width": 1024, "height": 768}, "has_touch": True, "is_mobile": True}
    ann = seat("Ann", **tablet).joins(session["host_url"])
    people = splitter(ann, "Width of the people")
    swipe(ann.page, people, -50)
    expect(people).to_have_attribute("aria-valuenow", "330")
    ann.opens_chat()
    before = box(chat_window(ann))
    swipe(ann.page, chat_window(ann).get_by_role("heading", name="Chat"), -120)
    moved = before["x"] - 120
    eventually(lambda: box(chat_window(ann))["x"] == moved, "the chat where the finger let go")


def test_the_chat_is_moved_sized_docked_and_stays_inside(ann: Seat, bob: Seat) -> None:
    code, window = ann.page.get_by_role("main"), chat_window(ann)
    side, move = ann.page.get_by_role("complementary", name="People"), ann.button("Move chat")
    ann.page.set_viewport_size({"width": 1280, "height": 900})
    expect(ann.notices).to_be_empty()  # it gives its room back to the code
    ann.opens_chat()
    before = box(window)
    drag(ann.page, window.get_by_role("heading", name="Chat"), -200, -40)
    after = box(window)
    assert (after["x"], after["y"]) == (before["x"] - 200, before["y"] - 40)
    move.press("ArrowUp")
    move.press("Shift+ArrowLeft")
    by_keys = box(window)
    assert round(by_keys["y"]) == round(after["y"]) - 16
    assert by_keys["width"] == after["width"] - 16
    for _ in range(3):
        drag(ann.page, move, 900, 900)
    assert lies_within(window, code)
    ann.page.set_viewport_size({"width": 800, "height": 480})
    assert lies_within(window, code)
    ann.page.set_viewport_size({"width": 1280, "height": 900})
    kept = box(window)
    ann.says("before the reload").page.reload()
    ann.is_in().sees_said("before the reload")
    assert box(window) == kept
    ann.button("Dock chat").click()
    expect(ann.button("Undock chat")).to_be_focused()
    assert lies_within(window, side)
    height = splitter(ann, "Height of the chat")
    height.press("ArrowUp")
    expect(height).to_have_attribute("aria-valuenow", "336")
    ann.button("Close people").click()
    expect(ann.people).to_be_hidden()
    bob.opens_chat().says("still there?")
    ann.sees_said("before the reload", "still there?")
    ann.button("Minimise").click()
    bob.says("minimised?")
    ann.button("Chat, 1 unread").click()
    assert lies_within(window, side)
    ann.button("Undock chat").click()
    assert lies_within(window, code)


def test_nothing_jumps_when_the_page_comes_back(ann: Seat) -> None:
    ann.types("print(1)").button("Run").click()
    expect(ann.output).to_contain_text("1")
    splitter(ann, "Width of the people").press("Shift+ArrowLeft")
    splitter(ann, "Height of the output").press("Shift+ArrowUp")
    ann.opens_chat()
    ann.button("Dock chat").click()
    ann.page.add_init_script(SHIFTS)
    ann.page.reload()
    ann.is_in()
    shifts = ann.page.evaluate("window.shifts")
    assert sum(shift["value"] for shift in shifts) < 0.01, shifts


def test_a_phone_shows_one_panel_at_a_time(seat: TakeSeat, session: dict[str, str]) -> None:
    ann = seat("Ann").joins(session["host_url"])
    bob = seat("Bob", **PHONE).joins(session["editor_url"])
    panels = bob.page.get_by_role("navigation", name="Panels")
    for panel in (bob.people, bob.messages, bob.output):
        expect(panel).to_be_hidden()
    panels.get_by_role("button", name="People").tap()
    expect(bob.people).to_be_visible()
    assert bob.page.evaluate(SMALL_TARGETS) == []
    ann.types("print('to all')").button("Run").click()
    expect(bob.button("Output, new")).to_be_visible()
    expect(bob.people).to_be_visible()
    ann.opens_chat().says("look")
    bob.button("Chat, 1 unread").tap()
    expect(bob.people).to_be_hidden()
    bob.sees_said("look")
    bob.button("Output, new").tap()
    expect(bob.output).to_contain_text("to all")
    expect(bob.messages).to_be_hidden()
    assert bob.page.evaluate(SMALL_TARGETS) == []
    panels.get_by_role("button", name="Output").tap()
    expect(bob.output).to_be_hidden()
    bob.page.set_viewport_size({"width": 740, "height": 360})
    expect(bob.people).to_be_visible()


def test_skip_links_open_their_panels(ann: Seat) -> None:
    ann.button("Close people").click()
    ann.button("Fold output").click()
    for name, target in (
        ("people", ann.page.locator("#people")),
        ("chat", ann.textbox("Chat message")),
        ("output", ann.output),
    ):
        link = ann.page.get_by_role("link", name=f"Skip to the {name}")
        link.focus()
        expect(link).to_be_in_viewport()
        link.press("Enter")
        expect(target).to_be_focused()
        expect(target).to_be_visible()


def test_half_the_pixels_are_enough(seat: TakeSeat, session: dict[str, str]) -> None:
    """1280 by 800 at 200 %."""
    ann = seat("Ann", viewport={"width": 640, "height": 400}).joins(session["host_url"])
    ann.types("print(2)").button("Run").click()
    expect(ann.output).to_contain_text("2")
    for part in (ann.editor, ann.button("Run"), ann.button("Share"), ann.pen, ann.output):
        expect(part).to_be_in_viewport()
    width, inner = ann.page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
    assert width <= inner


def test_a_wall_display_shows_all_with_the_code_in_its_middle(
    seat: TakeSeat, session: dict[str, str]
) -> None:
    ann = seat("Ann", viewport={"width": 3840, "height": 2160}).joins(session["host_url"])
    ann.opens_chat()
    for each in (ann.people, ann.output, ann.messages, ann.editor):
        expect(each).to_be_in_viewport(ratio=1)
    code = ann.page.locator("#code").bounding_box()
    assert code is not None
    assert code["width"] * code["height"] > 3840 * 2160 / 2


def test_a_newcomer_is_told_their_rights_in_one_line(
    seat: TakeSeat, session: dict[str, str], ann: Seat
) -> None:
    expect(ann.notices).to_contain_text("You are the host")
    bob = seat("Bob").joins(session["editor_url"])
    expect(bob.notices).to_contain_text("You can read and chat, and ask for the pen")
    ann.button("Give the pen to Bob").click()
    bob.sees_pen("You have the pen")
    expect(bob.notices).not_to_contain_text("You can read and chat")
    eve = seat("Eve").joins(session["view_url"])
    expect(eve.notices).to_contain_text("view-only")
