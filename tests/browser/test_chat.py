"""The chat window over the code."""

from __future__ import annotations

from urllib.parse import unquote

from playwright.sync_api import expect

from tests.browser.conftest import TakeSeat
from tests.browser.seat import Seat
from tests.browser.test_accessible import is_clean
from tests.harness import Server

CODE = "try `a < b` or\n```py\nprint(`x`)\n```\nfrom (https://a.example/x_(y)?z=1), Bob"
"""One message with all that is shown in a way of its own."""

COPY = """(parts) => {
  const range = document.createRange();
  range.setStartBefore(parts[0]);
  range.setEndAfter(parts.at(-1));
  const selection = document.getSelection();
  selection.removeAllRanges();
  selection.addRange(range);
  const clipboardData = new DataTransfer();
  parts[0].dispatchEvent(new ClipboardEvent("copy", { clipboardData, bubbles: true }));
  return clipboardData.getData("text/plain");
}"""


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


def test_code_and_links_are_shown_as_such_and_copied_as_written(ann: Seat, bob: Seat) -> None:
    bob.opens_chat().says(CODE)
    ann.opens_chat()
    said = ann.messages.locator(".said")
    expect(said.locator("code")).to_have_text(["a < b", "print(`x`)"], use_inner_text=True)
    link = ann.messages.get_by_role("link")
    expect(link).to_have_text("https://a.example/x_(y)?z=1")
    expect(link).to_have_attribute("href", "https://a.example/x_(y)?z=1")
    assert {"noopener", "noreferrer"} <= set((link.get_attribute("rel") or "").split())
    expect(link).to_have_attribute("target", "_blank")
    expect(said).to_have_text(
        "try a < b or\nprint(`x`)\nfrom (https://a.example/x_(y)?z=1), Bob", use_inner_text=True
    )
    assert said.evaluate_all(COPY) == CODE
    bob.says("`second`")
    expect(said).to_have_count(2)
    both = ann.messages.locator("p:has(.said)").evaluate_all(COPY)
    assert f"{CODE}\nBob " in both
    assert both.endswith("\n`second`")
    is_clean(ann.page)


def test_a_hostile_message_is_only_text(ann: Seat, bob: Seat) -> None:
    hostile = (
        "javascript:alert(1) https://bank.example@evil.example/ <a href=x>y</a> "
        "`<img src=x onerror=alert(1)>` data:text/html,x \u202ehttps:\u202c " + "`" * 99 + "m" * 900
    )
    bob.opens_chat().says(hostile)
    ann.opens_chat().sees_said(hostile)
    expect(ann.messages.get_by_role("link")).to_have_count(0)
    expect(ann.messages.locator("img")).to_have_count(0)
    assert ann.messages.evaluate("(log) => log.scrollWidth <= log.clientWidth")


def test_system_lines_in_a_row_are_folded(
    server: Server, session: dict[str, str], ann: Seat, seat: TakeSeat
) -> None:
    ann.opens_chat().says("hello")
    for number in range(5):
        server.person(f"Guest {number}").join(session)
    fold = ann.messages.locator("details")
    expect(fold.locator("summary")).to_have_text("4 system messages")
    expect(ann.messages.get_by_text("Guest 0 joined")).to_be_hidden()
    expect(ann.messages.get_by_text("Guest 4 joined")).to_be_visible()
    ann.sees_said("hello")
    fold.locator("summary").press("Enter")
    expect(ann.messages.get_by_text("Guest 0 joined")).to_be_visible()
    is_clean(ann.page)
    ann.says("again")
    for number in range(2):
        server.person(f"Late {number}").join(session)
    expect(ann.messages.get_by_text("Late 0 joined")).to_be_visible()
    expect(fold).to_have_count(1)
    late = seat("Eve").joins(session["view_url"]).opens_chat()
    expect(late.messages.locator("summary").first).to_have_text("4 system messages")
    late.sees_said("hello", "again")
