"""Keyboard layouts and input methods; indentation; where others are."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.conftest import TakeSeat
from tests.browser.seat import Seat
from tests.browser.test_files import DROP
from tests.harness import Server

# What Safari tells of the Enter that takes an input method's candidate.
COMPOSED = """(element, key) => {
  const options = { key, keyCode: 229, bubbles: true, cancelable: true };
  return element.dispatchEvent(new KeyboardEvent("keydown", options));
}"""
# As the browser of a Mac tells it: Option types a letter.
OPTION = """(element, [key, code]) => {
  const options = { key, code, altKey: true, bubbles: true, cancelable: true };
  return element.dispatchEvent(new KeyboardEvent("keydown", options));
}"""
RUSSIAN = """(element, [key, code, more]) => {
  const options = { key, code, bubbles: true, cancelable: true, ...more };
  element.dispatchEvent(new KeyboardEvent("keydown", options));
}"""
A_MAC = "Object.defineProperty(navigator, 'platform', { get: () => 'MacIntel' })"


def composes(place: Locator, key: str) -> None:
    place.evaluate(COMPOSED, key)


def test_an_input_methods_keys_answer_nothing_on_the_page(ann: Seat) -> None:
    ann.opens_chat()
    message = ann.textbox("Chat message")
    message.fill("にほんご")
    for key in ("Enter", "Escape"):
        composes(message, key)
    expect(message).to_have_value("にほんご")
    expect(message).to_be_visible()
    ann.page.keyboard.press("Enter")
    ann.sees_said("にほんご")

    ann.editor.focus()
    ann.page.keyboard.press("F1")
    command = ann.combobox("Command")
    command.fill("preferences")
    for key in ("Enter", "Escape", "ArrowDown"):
        composes(command, key)
    expect(command).to_be_visible()
    expect(ann.dialog("Preferences")).to_be_hidden()
    ann.page.keyboard.press("Escape")

    title = ann.textbox("Session title")
    title.fill("題")
    for key in ("Enter", "Escape"):
        composes(title, key)
    expect(title).to_be_focused()
    expect(title).to_have_value("題")
    ann.page.keyboard.press("Enter")
    expect(title).not_to_be_focused()

    ann.button("Rename yourself").click()
    name = ann.textbox("New name")
    name.fill("アン")
    for key in ("Enter", "Escape"):
        composes(name, key)
    expect(name).to_be_visible()
    ann.page.keyboard.press("Enter")
    expect(ann.person("アン")).to_be_visible()


def test_option_types_letters_on_a_mac(server: Server, seat: TakeSeat) -> None:
    ann = seat("Ann")
    ann.page.add_init_script(A_MAC)
    ann.joins(server.create_session(content="x" * 400)["host_url"])
    lines = ann.page.locator(".cm-lineWrapping")
    for key, code in (("ż", "KeyZ"), ("ń", "KeyN"), ("π", "KeyP"), ("Â", "KeyM")):
        left_alone = ann.editor.evaluate(OPTION, [key, code])
        assert left_alone, f"{key} is typed"
    expect(lines).to_have_count(0)
    ann.page.keyboard.press("Control+Shift+z")
    expect(lines).to_have_count(1)
    expect(ann.page.locator("#tab-mode")).to_have_text("Tab indents (⌃⇧M: leaves)")


def test_shortcuts_go_by_the_place_of_the_key_under_other_scripts(ann: Seat) -> None:
    ann.types("x = 1")
    ann.editor.evaluate(RUSSIAN, ["З", "KeyP", {"ctrlKey": True, "shiftKey": True, "keyCode": 80}])
    expect(ann.combobox("Command")).to_be_visible()
    ann.page.keyboard.press("Escape")
    ann.editor.evaluate(RUSSIAN, ["б", "Comma", {"ctrlKey": True, "keyCode": 188}])
    expect(ann.dialog("Preferences")).to_be_visible()
    ann.page.keyboard.press("Escape")
    ann.editor.evaluate(RUSSIAN, ["я", "KeyZ", {"ctrlKey": True, "keyCode": 90}])
    expect(ann.page.locator(".cm-line").first).not_to_have_text("x = 1")


def test_a_file_indented_by_tabs_stays_so(server: Server, seat: TakeSeat) -> None:
    content = "def a():\n\tif 1:\n\t\treturn\n"
    ann = seat("Ann").joins(server.create_session(content=content)["host_url"])
    ann.page.keyboard.press("Control+End")
    expect(ann.page.locator(".cm-line").first).to_have_text("def a():")
    ann.types("class B:\n")
    ann.page.keyboard.type("def c():\npass")
    last = ann.page.locator(".cm-line")
    expect(last.last).to_have_text("\t\tpass", use_inner_text=False)
    ann.page.keyboard.press("Control+,")
    ann.combobox("Indentation").select_option(label="Spaces")
    ann.page.keyboard.press("Escape")
    ann.types("\nif 1:\npass")
    expect(last.last).to_have_text(re.compile(r" {4}pass$"), use_inner_text=False)


def test_tab_types_a_tab_in_plain_text(server: Server, seat: TakeSeat) -> None:
    session = server.create_session(content="a b\n", language="text")
    ann = seat("Ann").joins(session["host_url"])
    ann.editor.focus()
    for key in ("Control+Home", "ArrowRight", "Tab"):
        ann.page.keyboard.press(key)
    expect(ann.page.locator(".cm-line").first).to_have_text("a\t b", use_inner_text=False)


def test_two_files_at_once_are_refused_aloud(ann: Seat) -> None:
    drop_two = DROP.replace("[name, text]", "names").replace(
        "dataTransfer.items.add(new File([text], name));",
        "for (const name of names) dataTransfer.items.add(new File(['x'], name));",
    )
    ann.editor.evaluate(drop_two, ["a.py", "b.py"])
    expect(ann.notices).to_contain_text("You dropped 2 files, and a session holds one text.")
    expect(ann.page.locator(".cm-placeholder")).to_be_visible()


def test_every_caret_of_somebody_is_seen(ann: Seat, bob: Seat) -> None:
    ann.pastes("one\none\none\n")
    bob.sees_code("one", "one", "one", "")
    ann.editor.focus()
    for key in ("Control+Home", "Control+Alt+ArrowDown", "Control+Alt+ArrowDown"):
        ann.page.keyboard.press(key)
    carets = bob.page.locator(".remote-caret")
    expect(carets).to_have_count(3)
    expect(bob.page.locator(".remote-caret[data-name=Ann]")).to_have_count(1)
    ann.page.keyboard.type("#")
    bob.sees_code("#one", "#one", "#one", "")
    expect(carets).to_have_count(3)
    ann.page.keyboard.press("Control+End")
    expect(carets).to_have_count(1)


FOLDED = "def a():\n    first = 1\n    second = 2\n\n\nlast = 3\n"


@pytest.fixture
def folded(server: Server, seat: TakeSeat) -> tuple[Seat, Seat]:
    """Ann, and Bob, who has folded a function."""
    session = server.create_session(content=FOLDED)
    ann = seat("Ann").joins(session["host_url"])
    bob = seat("Bob").joins(session["editor_url"])
    bob.editor.focus()
    bob.page.keyboard.press("Control+Home")
    bob.page.keyboard.press("Control+Shift+BracketLeft")
    expect(bob.page.locator(".cm-foldPlaceholder")).to_be_visible()
    bob.page.keyboard.press("Control+End")
    return ann, bob


def test_following_unfolds_the_code(folded: tuple[Seat, Seat]) -> None:
    ann, bob = folded
    bob.button("Follow Ann").click()
    ann.editor.focus()
    ann.page.keyboard.press("Control+End")
    expect(bob.page.locator(".cm-foldPlaceholder")).to_be_visible()
    ann.page.keyboard.press("Control+Home")
    ann.page.keyboard.press("ArrowDown")
    expect(bob.page.locator(".cm-foldPlaceholder")).to_have_count(0)
    expect(bob.page.get_by_text("first = 1")).to_be_visible()


def test_pointing_unfolds_the_code(folded: tuple[Seat, Seat]) -> None:
    ann, bob = folded
    ann.editor.focus()
    for key in ("Control+Home", "ArrowDown", "Alt+p"):
        ann.page.keyboard.press(key)
    expect(bob.page.locator(".cm-foldPlaceholder")).to_have_count(0)
    expect(bob.page.locator(".pointed")).to_be_visible()
