"""The editor's features: your own undo, completion, brackets, search, carets."""

from __future__ import annotations

import re

from playwright.sync_api import Locator, expect

from tests.browser.conftest import TakeSeat
from tests.browser.seat import Seat


def opens_palette(seat: Seat, letters: str = "") -> Locator:
    presses(seat, "F1")
    palette = seat.dialog("Command palette")
    field = palette.get_by_role("combobox", name="Command")
    expect(field).to_be_focused()
    seat.page.keyboard.type(letters)
    return palette


def presses(seat: Seat, *keys: str) -> None:
    for key in keys:
        seat.page.keyboard.press(key)


def has_python(seat: Seat) -> None:
    """What the editor knows of the language has come."""
    expect(seat.editor).to_have_attribute("data-language", "python")


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
    ann.button("Replace all").click()
    bob.sees_code("green", "blue", "green", "")
    presses(ann, "Escape")
    expect(ann.textbox("Find")).to_be_hidden()
    expect(ann.editor).to_be_focused()
    ann.opens_chat().editor.focus()
    presses(ann, "Control+f")
    expect(ann.textbox("Find")).to_be_focused()
    ann.textbox("Chat message").click()


def test_one_types_in_many_places_at_once(ann: Seat, bob: Seat) -> None:
    ann.pastes("cat\ndog\ncat\n")
    ann.editor.focus()
    presses(ann, "Control+Home", "Control+d", "Control+d")
    ann.page.keyboard.type("owl")
    bob.sees_code("owl", "dog", "owl", "")
    presses(ann, "Control+z")
    bob.sees_code("cat", "dog", "cat", "")


def test_lines_go_on_as_far_in_as_the_language_wants(ann: Seat) -> None:
    has_python(ann)
    ann.types("def f():\nreturn 1")
    ann.sees_code("def f():", "    return 1")
    expect(ann.page.locator(".cm-line").first.locator("span").first).to_have_text("def")
    presses(ann, "Tab")
    expect(ann.editor).to_be_focused()
    presses(ann, "Control+m", "Tab")
    expect(ann.editor).not_to_be_focused()
    expect(ann.page.get_by_text(re.compile("Tab leaves the code"))).not_to_have_count(0)


def test_the_palette_runs_the_typed_command(ann: Seat, bob: Seat) -> None:
    ann.types("one\ntwo")
    palette = opens_palette(ann)
    options = palette.get_by_role("option")
    expect(options.filter(has_text="Go to a line")).to_contain_text("Ctrl-G")
    expect(options.filter(has_text="Stop the program")).to_have_count(0)
    ann.page.keyboard.type("give to bob")
    expect(options).to_have_count(1)
    presses(ann, "Enter")
    bob.sees_pen("You have the pen")
    ann.sees_pen("Bob has the pen")
    expect(palette).to_be_hidden()
    palette = opens_palette(ann)
    expect(palette.get_by_role("option", name="Undo your last edit")).to_have_count(0)
    presses(ann, "ArrowUp")
    expect(palette.get_by_role("option", selected=True)).to_have_text("Leave the session")
    ann.page.keyboard.type("no such thing")
    expect(palette.get_by_role("status")).not_to_be_empty()
    presses(ann, "Escape")
    expect(ann.editor).to_be_focused()
    presses(ann, "Control+Shift+P")
    ann.page.keyboard.type("chat")
    presses(ann, "Enter")
    expect(ann.textbox("Chat message")).to_be_focused()
    ann.page.keyboard.type("?")
    expect(ann.textbox("Chat message")).to_have_value("?")


def test_the_help_tells_the_keys_and_how_tab_leaves(ann: Seat) -> None:
    ann.editor.focus()
    presses(ann, "?")
    ann.sees_code("?")
    ann.button("Share").focus()
    presses(ann, "?")
    helped = ann.dialog("Help")
    expect(helped.get_by_role("row", name="Comment or uncomment lines")).to_contain_text("Ctrl-/")
    expect(helped.get_by_text("After Ctrl-M it leaves the code")).to_be_visible()
    expect(helped.get_by_text("One person writes at a time")).to_be_visible()
    presses(ann, "Escape")
    expect(ann.button("Share")).to_be_focused()
    ann.button("Help").click()
    helped.get_by_role("button", name="Close").click()
    expect(helped).to_be_hidden()


def test_preferences_show_at_once_and_stay(ann: Seat) -> None:
    line = ann.page.locator(".cm-line").first
    ann.types("def f():\nlong " + "word " * 80)
    narrow = ann.page.locator(".cm-line").nth(1)
    height = narrow.evaluate("line => line.clientHeight")
    presses(ann, "Control+,")
    dialog = ann.dialog("Preferences")
    dialog.get_by_role("spinbutton", name="Font size").fill("20")
    dialog.get_by_role("checkbox", name="Word wrap").check()
    dialog.get_by_role("combobox", name="Tab size").select_option("2 columns")
    expect(line).to_have_css("font-size", "20px")
    dialog.get_by_role("button", name="Close").click()
    assert narrow.evaluate("line => line.clientHeight") > 2 * height
    ann.page.reload()
    ann.is_in()
    expect(line).to_have_css("font-size", "20px")
    presses(ann, "Alt+z")
    expect(ann.page.locator(".cm-lineWrapping")).to_have_count(0)
    has_python(ann)
    ann.editor.focus()
    presses(ann, "Control+a", "Delete")
    ann.page.keyboard.type("if x:\ny")
    ann.sees_code("if x:", "  y")
    ann.button("Preferences").click()
    dialog.get_by_role("button", name="Reset to defaults").click()
    expect(line).to_have_css("font-size", "14px")


def test_vim_keys_are_a_preference(ann: Seat, bob: Seat) -> None:
    ann.combobox("Writing mode").select_option(label="Everybody")
    bob.sees_pen("Everybody can write")
    bob.types("bob\n")
    ann.sees_code("bob", "")
    ann.button("Preferences").click()
    ann.dialog("Preferences").get_by_role("combobox", name="Keys").select_option("Vim")
    presses(ann, "Escape")
    expect(ann.page.locator(".cm-vim-panel")).to_have_text(re.compile("NORMAL"))
    ann.editor.focus()
    ann.page.keyboard.type("Goann")
    presses(ann, "Escape")
    bob.sees_code("bob", "", "ann")
    ann.page.keyboard.type("gg")
    bob.types("!")
    ann.sees_code("bob", "", "ann!")
    ann.page.keyboard.type("u")
    bob.sees_code("bob", "!")
    presses(ann, "Control+r")
    bob.sees_code("bob", "", "ann!")
    presses(ann, "F1")
    expect(ann.dialog("Command palette")).to_be_visible()
    presses(ann, "Escape")
    bob.sees_code("bob", "", "ann!")


def test_a_reader_with_vim_keys_changes_nothing(
    seat: TakeSeat, ann: Seat, session: dict[str, str]
) -> None:
    ann.types("code")
    vera = seat("Vera").joins(session["view_url"])
    vera.chooses_vim().page.keyboard.type("ddxixup")
    expect(vera.page.get_by_role("group", name="Reading only")).to_be_visible()
    ann.types("!")
    vera.sees_code("code!")


def test_vs_code_keys_are_a_preference(ann: Seat) -> None:
    has_python(ann)
    ann.types("a = 1\nb = 2\n")
    presses(ann, "Control+,")
    ann.dialog("Preferences").get_by_role("combobox", name="Keys").select_option("Like VS Code")
    expect(ann.page.locator("[data-keys=vscode]")).to_be_visible()
    presses(ann, "Escape")
    presses(ann, "Control+Home", "Control+k", "Control+c")
    ann.sees_code("# a = 1", "b = 2", "")
    presses(ann, "Control+l", "Delete")
    ann.sees_code("b = 2", "")


def test_one_goes_to_a_line_folds_and_comments(ann: Seat) -> None:
    has_python(ann)
    ann.pastes("def f():\n    return 1\n\nx = 2\n")
    ann.editor.focus()
    presses(ann, "Control+g")
    expect(ann.textbox("Go to line:")).to_be_focused()
    ann.page.keyboard.type("4")
    presses(ann, "Enter")
    expect(ann.page.get_by_text("Ln 4, Col 1")).to_be_visible()
    expect(ann.editor).to_be_focused()
    presses(ann, "Control+/")
    ann.sees_code("def f():", "    return 1", "", "# x = 2", "")
    opens_palette(ann, "fold everything")
    presses(ann, "Enter")
    expect(ann.page.locator(".cm-foldPlaceholder")).to_have_count(1)
    opens_palette(ann, "unfold every")
    presses(ann, "Enter")
    expect(ann.page.locator(".cm-foldPlaceholder")).to_have_count(0)
    presses(ann, "Control+h")
    expect(ann.textbox("Replace")).to_be_focused()


def test_syntax_errors_are_marked(ann: Seat) -> None:
    marks = ann.page.locator(".cm-lintRange-error")
    ann.types("print(1))")
    expect(marks).to_have_text(")")
    presses(ann, "F8")
    expect(ann.page.locator(".cm-tooltip-lint")).to_contain_text("does not belong")
    expect(ann.page.locator(".cm-announced")).to_contain_text("Line 1: “)” does not belong here.")
    presses(ann, "Control+Shift+M")
    listed = ann.page.get_by_role("listbox", name="Syntax errors")
    expect(listed.get_by_role("option")).to_contain_text("Line 1")
    presses(ann, "Escape")
    ann.combobox("Language").select_option("json")
    ann.editor.focus()
    presses(ann, "Control+a", "Delete")
    ann.pastes('{"a": 1,}')
    expect(marks).to_have_text("}")
    ann.button("Preferences").click()
    ann.dialog("Preferences").get_by_role("checkbox", name="Mark syntax errors").uncheck()
    expect(marks).to_have_count(0)
