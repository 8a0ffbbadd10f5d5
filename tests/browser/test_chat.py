"""The chat window over the code."""

from __future__ import annotations

from urllib.parse import unquote

from playwright.sync_api import expect

from tests.browser.seat import Seat


def test_unread_messages_are_counted_until_the_window_is_opened(ann: Seat, bob: Seat) -> None:
    bob.opens_chat().says("one").says("two")
    expect(ann.button("Chat, 2 unread")).to_be_visible()
    expect(ann.page).to_have_title("(2) ✎ Kata · collabpad")
    picture = ann.page.locator("#favicon").get_attribute("href") or ""
    assert ">2<" in unquote(picture)
    expect(bob.page).to_have_title("Kata · ✎ Ann · collabpad")
    ann.opens_chat().sees_said("one", "two")
    expect(ann.button("Chat")).to_be_visible()
    expect(ann.page).to_have_title("✎ Kata · collabpad")
    ann.says("three")
    bob.sees_said("one", "two", "three")


def test_the_window_closes_and_gives_the_keyboard_back(ann: Seat) -> None:
    ann.opens_chat()
    ann.page.keyboard.press("Escape")
    expect(ann.textbox("Chat message")).to_be_hidden()
    expect(ann.button("Chat")).to_be_focused()


def test_a_message_may_have_lines(ann: Seat, bob: Seat) -> None:
    ann.opens_chat()
    ann.textbox("Chat message").focus()
    ann.page.keyboard.type("first")
    ann.page.keyboard.press("Shift+Enter")
    ann.page.keyboard.type("second")
    ann.page.keyboard.press("Enter")
    bob.opens_chat()
    expect(bob.messages.locator(".said")).to_have_text("first\nsecond", use_inner_text=True)


def test_comings_and_hand_overs_are_in_the_chat(ann: Seat, bob: Seat) -> None:
    ann.button("Give the pen to Bob").click()
    bob.opens_chat()
    expect(bob.messages).to_contain_text("Bob joined")
    expect(bob.messages).to_contain_text("Bob has the pen")
    expect(ann.button("Chat")).to_be_visible()


def test_the_chat_is_still_there_after_a_reload(ann: Seat) -> None:
    ann.opens_chat().says("remember")
    ann.sees_said("remember")
    ann.page.reload()
    ann.is_in().sees_said("remember")
