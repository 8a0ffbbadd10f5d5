"""What makes writing code pleasant: one's own undo, completion, brackets, search, carets."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.browser.seat import Seat


def presses(seat: Seat, *keys: str) -> None:
    for key in keys:
        seat.page.keyboard.press(key)


def test_undo_takes_back_ones_own_edits_alone(ann: Seat, bob: Seat) -> None:
    ann.combobox("Writing mode").select_option(label="Everybody")
    bob.sees_pen("Everybody can write")
    ann.types("ann 1\n")
    bob.sees_code("ann 1", "")
    bob.types("bob 1\n")
    ann.sees_code("ann 1", "bob 1", "")
    ann.types("ann 2\n")
    bob.sees_code("ann 1", "bob 1", "ann 2", "")
    bob.editor.focus()
    presses(bob, *["Control+z"] * 5)
    ann.sees_code("ann 1", "ann 2", "")
    presses(ann, *["Control+z"] * 5)
    expect(bob.page.locator(".cm-placeholder")).to_be_visible()
    presses(bob, "Control+y")
    ann.sees_code("bob 1", "")
    presses(ann, *["Control+y"] * 5)
    bob.sees_code("ann 1", "bob 1", "ann 2", "")


def test_words_of_the_document_are_completed(ann: Seat, bob: Seat) -> None:
    ann.types("photosynthesis = 1\nprint(pho")
    choices = ann.page.get_by_role("listbox")
    expect(choices.get_by_role("option", name="photosynthesis")).to_have_count(1)
    expect(choices.get_by_role("option", selected=True)).to_have_text("photosynthesis")
    choices.get_by_role("option").first.click()
    bob.sees_code("photosynthesis = 1", "print(photosynthesis)")


def test_a_bracket_shows_its_partner_and_closes_itself(ann: Seat) -> None:
    ann.types("(1, [2")
    ann.sees_code("(1, [2])")
    presses(ann, "End")
    expect(ann.page.locator(".cm-matchingBracket")).to_have_text(["(", ")"])
    presses(ann, "Home")
    ann.page.keyboard.type("}")
    presses(ann, "ArrowLeft", "ArrowRight")
    expect(ann.page.locator(".cm-nonmatchingBracket")).to_have_text("}")


def test_text_is_searched_and_replaced(ann: Seat, bob: Seat) -> None:
    ann.pastes("red\nblue\nred\n")
    ann.editor.focus()
    presses(ann, "Control+f")
    ann.page.keyboard.type("red")
    expect(ann.page.locator(".cm-searchMatch")).to_have_count(2)
    ann.textbox("Replace").fill("green")
    ann.button("replace all").click()
    bob.sees_code("green", "blue", "green", "")
    presses(ann, "Escape")
    expect(ann.textbox("Find")).to_be_hidden()
    expect(ann.editor).to_be_focused()


def test_one_types_in_many_places_at_once(ann: Seat, bob: Seat) -> None:
    ann.pastes("cat\ndog\ncat\n")
    ann.editor.focus()
    presses(ann, "Control+Home", "Control+d", "Control+d")
    ann.page.keyboard.type("owl")
    bob.sees_code("owl", "dog", "owl", "")
    presses(ann, "Control+z")
    bob.sees_code("cat", "dog", "cat", "")


def test_lines_go_on_as_far_in_as_the_language_wants(ann: Seat) -> None:
    ann.types("def f():\nreturn 1")
    ann.sees_code("def f():", "    return 1")
    expect(ann.page.locator(".cm-line").first.locator("span").first).to_have_text("def")
    presses(ann, "Tab")
    expect(ann.editor).to_be_focused()
    presses(ann, "Control+m", "Tab")
    expect(ann.editor).not_to_be_focused()
    expect(ann.page.get_by_text(re.compile("Tab leaves the code"))).not_to_have_count(0)
