"""On a phone with its keyboard up: the title, the keys for code, and what stays visible."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import FloatRect, Locator, expect

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


def test_touch_keys_show_only_to_writers_on_touch_screens(
    ann: Seat, bob: Seat, seat: TakeSeat
) -> None:
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


FITS = """({ scrollWidth, clientWidth, scrollHeight, clientHeight }) =>
  scrollWidth <= clientWidth && scrollHeight <= clientHeight"""


def height_of(seat: Seat, selector: str) -> float:
    found: float = seat.page.locator(selector).evaluate(
        "(element) => element.getBoundingClientRect().height"
    )
    return found


def box_of(locator: Locator) -> FloatRect:
    found = locator.bounding_box()
    assert found is not None
    return found


def tap_where_it_is(locator: Locator) -> None:
    """With one finger, where it is seen now: nothing scrolls or waits for it to stand still."""
    box = box_of(locator)
    locator.page.touchscreen.tap(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)


def is_whole(locator: Locator) -> None:
    eventually(lambda: locator.evaluate(COVERED) == [], "all of it in sight")


@pytest.mark.parametrize("panel", ["People", "Chat", "Output"])
@pytest.mark.parametrize("lies_over", [False, True], ids=["page shrinks", "keyboard lies over it"])
def test_a_sheet_gives_way_while_code_is_typed(
    server: Server, seat: TakeSeat, panel: str, lies_over: bool
) -> None:
    session = server.create_session(content=LONG)
    ann = seat("Ann", **PHONE)
    if lies_over:
        ann.page.add_init_script(SAFARI)
        ann.page.set_viewport_size({"width": 390, "height": 844})
    ann.joins(session["host_url"])
    for name in ("Bob", "Cyrus"):
        server.person(name).join(session).does("request_write")
    expect(ann.page.get_by_role("group", name="Requests")).to_contain_text("Bob and 1 more")
    tab = ann.button(re.compile(f"^{panel}"))
    sheet = {"People": ann.people, "Chat": ann.messages, "Output": ann.output}[panel]
    tab.tap()
    expect(sheet).to_be_visible()
    ann.page.locator(".cm-line").first.tap()
    if lies_over:
        ann.page.evaluate("bringKeyboard(336)")
    expect(sheet).to_be_hidden()
    expect(tab).to_have_attribute("aria-expanded", "false")
    ann.page.keyboard.type("+")
    nothing_covers_the_caret(ann)
    line = height_of(ann, ".cm-line >> nth=0")
    assert height_of(ann, ".cm-scroller") >= 3 * line
    is_whole(ann.page.locator(".request-line"))
    tap_where_it_is(tab)
    expect(sheet).to_be_visible()
    expect(ann.editor).not_to_be_focused()
    ann.page.locator(".cm-line").first.tap()
    expect(sheet).to_be_hidden()
    ann.page.evaluate("document.activeElement.blur()")
    expect(sheet).to_be_visible()


def test_messages_in_a_hidden_chat_are_unread(seat: TakeSeat, session: dict[str, str]) -> None:
    ann = seat("Ann", **PHONE).joins(session["host_url"]).opens_chat()
    bob = seat("Bob").joins(session["editor_url"])
    ann.editor.tap()
    expect(ann.messages).to_be_hidden()
    bob.opens_chat().says("look here")
    tap_where_it_is(ann.button("Chat, 1 unread"))
    ann.sees_said("look here")
    expect(ann.button("Chat")).to_be_visible()


def test_typing_in_the_chat_leaves_room_for_send(seat: TakeSeat, session: dict[str, str]) -> None:
    ann = seat("Ann", **PHONE).joins(session["host_url"]).opens_chat()
    for width, height in ((390, 508), (360, 640), (360, 300)):
        ann.page.set_viewport_size({"width": width, "height": height})
        message = ann.textbox("Chat message")
        message.tap()
        is_whole(message)
        assert height_of(ann, "#messages") >= 60
        assert height_of(ann, "#chat") >= height / 3
        message.fill(f"at {height}")
        tap_where_it_is(ann.button("Send").locator("visible=true"))
        expect(ann.messages).to_contain_text(f"at {height}")
        expect(message).to_be_focused()


def test_the_first_tap_on_a_request_counts_while_typing(
    server: Server, seat: TakeSeat, session: dict[str, str]
) -> None:
    ann = seat("Ann", **PHONE).joins(session["host_url"])
    asking = [server.person(name).join(session) for name in ("Bob", "Cyrus", "Dora")]
    for each in asking:
        each.does("request_write")
    server.person("Eve").join(session)
    ann.button(re.compile("^People")).tap()
    ann.button("Remove Eve").tap()
    ann.confirms("Remove Eve?", "Remove")
    removed = ann.page.locator(".notice", has_text="Eve")
    expect(removed).to_be_visible()
    ann.editor.tap()
    expect(keys_of(ann)).to_be_visible()
    tap_where_it_is(removed.get_by_role("button", name="OK"))
    expect(removed).to_have_count(0)
    everybody = ann.button("All 3 requests for the pen")
    tap_where_it_is(everybody)
    expect(everybody).to_have_attribute("aria-expanded", "true")
    expect(ann.editor).to_be_focused()
    tap_where_it_is(ann.button("Hide Bob’s request"))
    everybody = ann.button("All 2 requests for the pen")
    tap_where_it_is(everybody)
    expect(everybody).to_have_attribute("aria-expanded", "false")
    tap_where_it_is(ann.button("Give it to Cyrus"))
    asking[1].sees_pen_with(asking[1])
    ann.sees_pen("Cyrus has the pen")
    expect(keys_of(ann)).to_be_hidden()


def test_the_header_keeps_its_height(server: Server, seat: TakeSeat) -> None:
    for size in ({"viewport": {"width": 1280, "height": 800}}, PHONE):
        session = server.create_session()
        ann = seat("Ann", **size).opens(session["host_url"])
        gate = ann.dialog("Join session")
        expect(gate).to_be_visible()
        before = height_of(ann, ".bar")
        ann.gives_name()
        heights = {"joined": height_of(ann, ".bar")}
        server.person("Bob with a long, long name").join(session)
        expect(ann.page.locator("#participants")).to_contain_text("Bob")
        heights["with somebody"] = height_of(ann, ".bar")
        for mode, pen in (("Everybody", "Everybody can write"), ("One pen", "You have the pen")):
            ann.page.locator("#write-mode").evaluate(
                "(select, label) => { select.value = [...select.options]"
                ".find((option) => option.label === label).value;"
                "select.dispatchEvent(new Event('change', { bubbles: true })); }",
                mode,
            )
            ann.sees_pen(pen)
            heights[mode] = height_of(ann, ".bar")
        ann.page.locator("#rotation").evaluate(
            "(select) => { select.value = '5'; select.dispatchEvent(new Event('change')); }"
        )
        expect(ann.page.locator("#pen-rotation")).to_be_visible()
        heights["turns"] = height_of(ann, ".bar")
        assert heights == dict.fromkeys(heights, before)


def test_tabs_and_pen_use_whole_words(
    server: Server, seat: TakeSeat, session: dict[str, str]
) -> None:
    ann = seat("Ann", viewport={"width": 360, "height": 740}, has_touch=True, is_mobile=True)
    ann.joins(session["host_url"])
    tabs = ann.page.get_by_role("navigation", name="Panels")
    for count, last in ((1, "A"), (2, "B"), (3, "C"), (4, "+2"), (5, "+3")):
        if count > 1:
            server.person("ABCDE"[count - 1]).join(session)
        faces = tabs.locator(".avatar:visible")
        expect(faces).to_have_count(min(count, 3))
        expect(faces.last).to_have_text(last)
    for word in ("People", "Chat", "Output"):
        shown = tabs.get_by_text(word, exact=True)
        expect(shown).to_be_visible()
        assert box_of(shown)["height"] > 10
        assert box_of(shown)["y"] + box_of(shown)["height"] <= 740
    bob = seat("Bob", viewport={"width": 360, "height": 740}, has_touch=True, is_mobile=True)
    bob.joins(session["editor_url"])
    ann.button(re.compile("^People")).tap()
    ann.button("Give the pen to Bob").tap()
    for each in (ann, bob):
        expect(each.pen).to_contain_text("the pen")
        expect(each.page.locator("#pen-actions button").first).to_be_visible()
        assert each.pen.evaluate(FITS)
        assert each.page.locator("#pen-pill").evaluate(FITS)


def test_a_program_is_told_on_a_phone_that_its_input_ends(
    seat: TakeSeat, session: dict[str, str]
) -> None:
    ann = seat("Ann", viewport={"width": 360, "height": 740}, has_touch=True, is_mobile=True)
    ann.joins(session["host_url"])
    ann.types("import sys\nprint(len(sys.stdin.read()), 'letters')")
    ann.button("Run").tap()
    ann.textbox("Program input").fill("four")
    ann.button("Send").locator("visible=true").tap()
    end = ann.button("End of input")
    box = box_of(end)
    assert box["x"] + box["width"] <= 360
    assert box_of(ann.textbox("Program input"))["width"] >= 120
    assert box["height"] >= 44
    end.tap()
    expect(ann.output).to_contain_text("5 letters")
