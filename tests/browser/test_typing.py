"""The code is what you typed: in each language, at a person's pace, with Vim keys."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.programs import PROGRAMS
from tests.browser.seat import Seat
from tests.harness import eventually

PACE = 130  # ms a key; the list of completions comes 100 ms after one
PACES = (40, PACE, 250)


def chooses(seat: Seat, language: str) -> None:
    """And has what helps with it, which comes a moment later."""
    known = re.compile(".")
    seat.combobox("Language").select_option("text")
    expect(seat.editor).not_to_have_attribute("data-language", known)
    seat.combobox("Language").select_option(language)
    if language != "text":
        expect(seat.editor).to_have_attribute("data-language", known)


def clears(seat: Seat) -> None:
    seat.editor.focus()
    seat.page.keyboard.press("Control+a")
    seat.page.keyboard.press("Delete")
    expect(seat.page.locator(".cm-placeholder")).to_be_visible()


def types_program(seat: Seat, program: str, pace: float = 0) -> None:
    """Line by line; to indent is the editor's part."""
    keyboard = seat.page.keyboard
    for number, line in enumerate(program.splitlines()):
        if number > 0:
            keyboard.press("Enter")
            seat.page.wait_for_timeout(pace)
        keyboard.type(line.strip(), delay=pace)


def typed(seat: Seat) -> list[str]:
    lines: list[str] = seat.page.locator(".cm-line").all_inner_texts()
    return [line.strip() for line in lines]


def stands_there(seat: Seat, program: str) -> None:
    wanted = [line.strip() for line in program.splitlines()]
    eventually(lambda: typed(seat) == wanted, f"{wanted}, not {typed(seat)}")


def completions(seat: Seat) -> Locator:
    return seat.page.get_by_role("listbox", name="Completions")


def opens_list(seat: Seat, begun: str) -> None:
    """Type, and see the list come by itself."""
    seat.types(begun)
    expect(completions(seat)).to_be_visible()


def test_a_program_in_each_language_stays_as_typed(ann: Seat) -> None:
    offered = ann.combobox("Language").locator("option")
    languages = offered.evaluate_all("options => options.map(({ value }) => value)")
    assert set(languages) == set(PROGRAMS)
    for language in languages:
        chooses(ann, language)
        clears(ann)
        types_program(ann, PROGRAMS[language])
        stands_there(ann, PROGRAMS[language])


QUICK = {
    "python": "import os\nimport re\nfor i in x:\nbreak\nreturn None\nx = int\ny = 1",
    "javascript": "const done = true\nreturn\nif (do) {\nbreak\n}\nx = in\ny = 1",
}


@pytest.mark.parametrize("language", QUICK)
def test_enter_at_a_persons_pace_is_a_line_break(ann: Seat, language: str) -> None:
    chooses(ann, language)
    clears(ann)
    types_program(ann, QUICK[language], PACE)
    stands_there(ann, QUICK[language])


@pytest.mark.soak
@pytest.mark.parametrize("pace", PACES)
@pytest.mark.parametrize("keys", ["plain", "vim"])
@pytest.mark.parametrize("language", PROGRAMS)
def test_every_program_at_every_pace(ann: Seat, language: str, keys: str, pace: int) -> None:
    chooses(ann, language)
    if keys == "vim":
        ann.chooses_vim().page.keyboard.press("i")
    else:
        ann.editor.focus()
    types_program(ann, PROGRAMS[language], pace)
    stands_there(ann, PROGRAMS[language])


def test_vim_keys_leave_a_program_as_typed(ann: Seat) -> None:
    chooses(ann, "javascript")
    ann.chooses_vim().page.keyboard.press("i")
    types_program(ann, PROGRAMS["javascript"])
    stands_there(ann, PROGRAMS["javascript"])
    # Escape leaves Vim's insert mode at once, whether there is a list or not.
    ann.page.keyboard.press("Enter")
    ann.page.keyboard.type("retu")
    expect(completions(ann)).to_be_visible()
    ann.page.keyboard.press("Escape")
    expect(ann.page.locator(".cm-vim-panel")).to_have_text(re.compile("NORMAL"))
    expect(completions(ann)).to_be_hidden()


WORDS = ("photosynthesis = 1", "photograph = 2")


def test_tab_takes_the_first_of_the_list(ann: Seat) -> None:
    chooses(ann, "python")
    opens_list(ann, "\n".join((*WORDS, "pho")))
    expect(completions(ann).get_by_role("option", selected=True)).to_have_count(0)
    ann.page.keyboard.press("Tab")
    ann.sees_code(*WORDS, "photograph")


def test_enter_accepts_a_chosen_completion(ann: Seat) -> None:
    chooses(ann, "python")
    opens_list(ann, "\n".join((*WORDS, "pho")))
    ann.page.keyboard.press("Enter")
    ann.sees_code(*WORDS, "pho", "")
    opens_list(ann, "phot")
    chosen = completions(ann).get_by_role("option", selected=True)
    # A list that nobody can have seen yet leaves the arrow to the caret, which is at the end.
    eventually(lambda: goes_into(ann, chosen), "an option to be chosen")
    ann.page.keyboard.press("ArrowDown")
    expect(chosen).to_have_text("photosynthesis")
    ann.page.keyboard.press("Enter")
    ann.sees_code(*WORDS, "pho", "photosynthesis")
    opens_list(ann, "\nphot")
    completions(ann).get_by_role("option").first.click()
    ann.sees_code(*WORDS, "pho", "photosynthesis", "photograph")


REACTION_MS = 500
"""A person presses an arrow key that long after a list appeared."""


def goes_into(seat: Seat, chosen: Locator) -> bool:
    if not completions(seat).is_visible():
        seat.page.keyboard.press("Backspace")
        opens_list(seat, "t")
    seat.page.wait_for_timeout(REACTION_MS)
    seat.page.keyboard.press("ArrowDown")
    return chosen.count() == 1


def test_the_arrow_up_moves_the_caret_while_nobody_is_in_the_list(ann: Seat) -> None:
    chooses(ann, "python")
    opens_list(ann, "photosynthesis = 1\n\npho")
    ann.page.keyboard.press("ArrowUp")
    expect(completions(ann)).to_be_hidden()
    expect(ann.page.get_by_text("Ln 2, Col 1")).to_be_visible()


def test_escape_closes_the_list_and_nothing_else(ann: Seat) -> None:
    chooses(ann, "python")
    ann.page.keyboard.press("Control+f")
    expect(ann.textbox("Find")).to_be_visible()
    opens_list(ann, "photosynthesis = 1\npho")
    ann.page.keyboard.press("Escape")
    expect(completions(ann)).to_be_hidden()
    expect(ann.textbox("Find")).to_be_visible()
    expect(ann.editor).to_be_focused()
    ann.page.keyboard.press("Enter")
    ann.sees_code("photosynthesis = 1", "pho", "")


def test_an_asked_for_list_takes_arrow_keys_at_once(ann: Seat) -> None:
    chooses(ann, "python")
    ann.types("word = 1\nworld = 2\n# wor")
    ann.page.keyboard.press("Control+ ")
    options = completions(ann).get_by_role("option")
    expect(options).to_have_text(["word", "world"])
    ann.page.keyboard.press("ArrowUp")
    ann.page.keyboard.press("Enter")
    ann.sees_code("word = 1", "world = 2", "# world")


def test_a_closing_brace_is_typed_over_after_line_breaks(ann: Seat) -> None:
    chooses(ann, "javascript")
    ann.types("f(() => {")
    ann.page.keyboard.press("Enter")
    ann.page.keyboard.type("g();")
    ann.page.keyboard.press("Enter")
    ann.sees_code("f(() => {", "  g();", "  ", "})")
    ann.page.keyboard.type("});")
    ann.sees_code("f(() => {", "  g();", "});")
    # One that somebody typed stays.
    ann.page.keyboard.press("Control+Home")
    ann.page.keyboard.press("Enter")
    ann.page.keyboard.press("Control+Home")
    ann.page.keyboard.type("}")
    ann.sees_code("}", "f(() => {", "  g();", "});")
