"""On a phone, with its keyboard up: the title, the keys of code, and what stays in sight."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Locator, expect

from tests.browser.conftest import TakeSeat
from tests.browser.seat import Seat
from tests.browser.test_accessible import is_clean
from tests.browser.test_requests import COVERED, nothing_covers_the_caret
from tests.harness import Server, eventually

PHONE: dict[str, Any] = {
    "viewport": {"width": 390, "height": 508},
    "has_touch": True,
    "is_mobile": True,
}
LONG = "\n".join(f"line_{number} = {number}" for number in range(300))

SAFARI = """
class Viewport extends EventTarget {
  height = innerHeight;
  pageTop = 0;
  scale = 1;
}
const visualViewport = new Viewport();
Object.defineProperty(window, "visualViewport", { value: visualViewport });
window.bringKeyboard = (height) => {
  visualViewport.height = innerHeight - height;
  visualViewport.dispatchEvent(new Event("resize"));
};
"""
"""A browser that lays its keyboard over the page and tells the visual viewport alone."""


def keys_of(seat: Seat) -> Locator:
    return seat.page.get_by_role("toolbar", name="Keys for code")


def test_the_title_is_seen_and_changed(seat: TakeSeat, session: dict[str, str]) -> None:
    ann = seat("Ann", **PHONE).joins(session["host_url"])
    bob = seat("Bob", **PHONE).joins(session["editor_url"])
    bob.page.set_viewport_size({"width": 360, "height": 640})
    title = ann.textbox("Session title")
    title.tap()
    title.fill("Bowling")
    title.press("Enter")
    expect(bob.textbox("Session title")).to_have_value("Bowling")
    expect(bob.textbox("Session title")).not_to_be_editable()
    for each in (ann, bob):
        box = each.textbox("Session title").bounding_box()
        assert box is not None
        assert box["width"] > 100
        assert box["height"] >= 44
        fits = "document.documentElement.scrollWidth <= innerWidth"
        assert each.page.evaluate(fits)


def test_the_keys_of_code_are_typed_by_touch(seat: TakeSeat, session: dict[str, str]) -> None:
    ann = seat("Ann", **PHONE).joins(session["host_url"])
    expect(keys_of(ann)).to_be_hidden()
    ann.editor.tap()
    keys = keys_of(ann)
    expect(keys).to_be_visible()

    def taps(*names: str) -> None:
        for name in names:
            keys.get_by_role("button", name=name, exact=True).tap()
            expect(ann.editor).to_be_focused()

    ann.page.keyboard.type("f")
    taps("Opening parenthesis", "Opening square bracket", "Double quote")
    ann.sees_code('f([""])')
    ann.page.keyboard.type("a")
    taps("Double quote", "Closing square bracket", "Closing parenthesis", "Colon")
    ann.sees_code('f(["a"]):')
    taps("Left", "Left")
    ann.pastes("b")
    ann.sees_code('f(["a"]b):')
    taps("Undo")
    ann.sees_code('f(["a"]):')
    ann.page.keyboard.press("Control+End")
    ann.page.keyboard.press("Enter")
    ann.page.keyboard.press("Home")
    indented = ann.page.locator(".cm-line").nth(1)
    before = len(indented.text_content() or "")
    taps("Tab")
    expect(indented).to_have_text(" " * (before + 4), use_inner_text=False)
    taps("Indent less")
    expect(indented).to_have_text(" " * before, use_inner_text=False)
    assert keys.evaluate("(row) => row.getBoundingClientRect().bottom <= innerHeight")
    is_clean(ann.page)


def test_only_who_writes_by_touch_sees_the_keys(ann: Seat, bob: Seat, seat: TakeSeat) -> None:
    ann.editor.click()
    expect(keys_of(ann)).to_be_hidden()
    dev = seat("Dev", **PHONE).joins(ann.page.url)
    dev.editor.tap()
    expect(keys_of(dev)).to_be_hidden()
    ann.button("Give the pen to Dev").click()
    dev.sees_pen("You have the pen")
    expect(keys_of(dev)).to_be_visible()
    dev.button("Give the pen back").tap()
    ann.sees_pen("You have the pen")
    expect(keys_of(dev)).to_be_hidden()


def test_a_keyboard_that_lies_over_the_page_covers_nothing_that_is_typed(
    server: Server, seat: TakeSeat
) -> None:
    session = server.create_session(content=LONG)
    ann = seat("Ann", viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    ann.page.add_init_script(SAFARI)
    ann.joins(session["host_url"])
    ann.editor.tap()
    ann.page.keyboard.press("Control+End")
    ann.page.evaluate("bringKeyboard(336)")
    seen = 844 - 336
    ann.page.keyboard.type("\n+")
    nothing_covers_the_caret(ann)
    line = ann.page.locator(".cm-activeLine").bounding_box()
    assert line is not None
    assert line["y"] + line["height"] <= seen
    assert keys_of(ann).evaluate(f"(row) => row.getBoundingClientRect().bottom <= {seen}")
    tabs = ann.page.get_by_role("navigation", name="Panels")
    ann.page.evaluate("bringKeyboard(500)")
    expect(tabs).to_be_hidden()
    nothing_covers_the_caret(ann)
    ann.page.evaluate("bringKeyboard(336)")
    ann.opens_chat()
    message = ann.textbox("Chat message")
    eventually(lambda: message.evaluate(COVERED) == [], "the whole input")
    assert message.evaluate(f"(input) => input.getBoundingClientRect().bottom <= {seen}")
    ann.page.evaluate("bringKeyboard(0)")
    assert ann.page.evaluate("document.body.clientHeight") == 844
