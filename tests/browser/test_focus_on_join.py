"""A join puts the focus into the code."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.browser.conftest import TakeSeat
from tests.browser.seat import Network, Seat

PHONE = {"viewport": {"width": 360, "height": 740}, "has_touch": True, "is_mobile": True}


def test_a_reload_restores_focus_and_caret(ann: Seat) -> None:
    ann.types("one two").page.keyboard.press("Control+ArrowLeft")
    ann.page.reload()
    ann.is_in()
    expect(ann.editor).to_be_focused()
    ann.page.keyboard.type("and ")
    ann.sees_code("one and two")


def test_a_known_name_comes_in_with_the_keyboard_in_the_code(
    ann: Seat, session: dict[str, str]
) -> None:
    ann.types("one")
    ann.second_tab().opens(session["editor_url"]).is_in()
    expect(ann.editor).to_be_focused()
    ann.page.keyboard.type("zero ")
    ann.sees_code("zero one")
    ann.opens("/").button("New session").click()
    ann.is_in()
    expect(ann.editor).to_be_focused()


def test_a_keyboard_that_was_put_elsewhere_stays_there(ann: Seat) -> None:
    ann.opens_chat()
    network = Network(ann.page)
    network.cut()
    ann.page.reload()
    ann.textbox("Chat message").click()
    network.mend()
    ann.is_in()
    expect(ann.textbox("Chat message")).to_be_focused()


def test_nobody_s_phone_shows_its_keyboard_by_itself(
    seat: TakeSeat, session: dict[str, str]
) -> None:
    dev = seat("Dev", **PHONE).joins(session["editor_url"])
    dev.page.reload()
    dev.is_in()
    expect(dev.page.locator("#code")).to_be_focused()
    expect(dev.editor).not_to_be_focused()
