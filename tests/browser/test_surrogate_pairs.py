"""Characters of two or more units stay whole, whoever edits them."""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest
from playwright.sync_api import CDPSession, expect

from tests.browser.seat import Seat
from tests.harness import Server, eventually

GRIN, SMILE, CLEF = "😀", "😃", "𝄞"
FAMILY, FLAG, THUMB = "👩‍👩‍👧", "🇩🇪", "👍🏽"
SCOLD, FORTUNE = "𠮟", "𠮷"
PIECES = ("a", "é", "e\u0301", "中", GRIN, SMILE, CLEF, FAMILY, FLAG, THUMB, SCOLD, FORTUNE)
CANDIDATES = ((GRIN, SMILE), (SCOLD, FORTUNE), (FLAG, "🇫🇷"), (FAMILY, "👨‍👩‍👧"), ("か", "化"))
VIM_EDITS = ("x", "X", "dh", "dl", "~", "xp", "Xp", "rx", "Rxy", "syz", "a" + GRIN, "i" + SMILE)
VIM_MOVES = ("h", "l", "0", "$", "^", "w", "b", "j", "k", "gg", "G", "e")


class Hands:
    """One person's keyboard, input method included."""

    def __init__(self, seat: Seat) -> None:
        self.seat = seat
        self._method: CDPSession = seat.page.context.new_cdp_session(seat.page)

    def composes(self, *candidates: str) -> None:
        """See each candidate in the text, and take the last."""
        for text in candidates:
            end = len(text.encode("utf-16-le")) // 2
            place = {"text": text, "selectionStart": end, "selectionEnd": end}
            self._method.send("Input.imeSetComposition", place)
        self._method.send("Input.insertText", {"text": candidates[-1]})

    def types(self, keys: str) -> None:
        for key in keys:
            if key.isascii():
                self.seat.page.keyboard.press(key)
            else:
                self.seat.page.keyboard.insert_text(key)

    def presses(self, *keys: str) -> None:
        for key in keys:
            self.seat.page.keyboard.press(key)


def shown(seat: Seat) -> str:
    lines: list[str] = seat.page.locator(".cm-line").evaluate_all(
        """lines => lines.map((line) => {
          const hint = line.querySelector(".cm-placeholder");
          return hint ? "" : line.textContent;
        })"""
    )
    return "\n".join(lines)


class Everywhere:
    """One session's text, wherever it is."""

    def __init__(self, server: Server, session: dict[str, str], *seats: Seat) -> None:
        self.seats = seats
        path = f"/api/sessions/{session['session_id']}/export?format=text"
        self._export: Callable[[], str] = lambda: server.get(path).text

    def texts(self) -> list[str]:
        return [*map(shown, self.seats), self._export()]

    def is_one(self) -> str:
        """The text, which is the same in all pages and on the server, and has no broken part."""
        for seat in self.seats:
            expect(seat.connection).to_have_text("Saved")
        eventually(lambda: len(set(self.texts())) == 1, f"one text: {self.texts()}")
        text = self.texts()[0]
        assert "\ufffd" not in text
        return text

    def is_now(self, wanted: str) -> None:
        eventually(lambda: set(self.texts()) == {wanted}, f"{wanted!r}, not {self.texts()}")


@pytest.fixture
def everywhere(ann: Seat, bob: Seat, server: Server, session: dict[str, str]) -> Everywhere:
    ann.combobox("Writing mode").select_option(label="Everybody")
    bob.sees_pen("Everybody can write")
    ann.combobox("Language").select_option("text")
    return Everywhere(server, session, ann, bob)


def test_an_input_method_changes_its_candidate(ann: Seat, everywhere: Everywhere) -> None:
    hands = Hands(ann)
    ann.types("ab")
    hands.presses("ArrowLeft")
    text = ""
    for one, other in CANDIDATES:
        hands.composes(one, other)
        text += other
        everywhere.is_now(f"a{text}b")


VIM_STORIES = {
    "0lX": "bc",
    "0ldh": "bc",
    "0lXP": f"{GRIN}bc",
    "0ldhp": f"b{GRIN}c",
    "0x": "bc",
    "0xp": f"b{GRIN}c",
    "0~": f"{GRIN}bc",
    "0rz": "zbc",
    "0Rz": "zbc",
    "0Rzy": "zyc",
    "0sz": "zbc",
    "0az": f"{GRIN}zbc",
    "0clz": "zbc",
    f"$i{SMILE}": f"{GRIN}b{SMILE}c",
    f"$a{SMILE}": f"{GRIN}bc{SMILE}",
    f"$a{SMILE}\x1bx": f"{GRIN}bc",
    f"$a{SMILE}\x1bX": f"{GRIN}b{SMILE}",
    "0vx": "bc",
    "0vlx": "c",
    "0ylP": f"{GRIN}{GRIN}bc",
    "0ylp": f"{GRIN}{GRIN}bc",
    "0lD": GRIN,
    "0d$": "",
}
"""What keys in Vim's normal mode make of an emoji and two letters."""


def test_vim_keys_take_whole_characters(ann: Seat, bob: Seat, everywhere: Everywhere) -> None:
    ann.chooses_vim()
    hands = Hands(ann)
    made = {}
    for keys, wanted in VIM_STORIES.items():
        hands.presses("Escape")
        hands.types("ggdGi")
        hands.types(f"{GRIN}bc")
        for part in keys.split("\x1b"):
            hands.presses("Escape")
            hands.types(part)
        if shown(ann) != wanted:
            made[keys] = shown(ann)
    assert made == {}
    everywhere.is_one()


def edits_at_random(hands: Hands, chance: random.Random) -> None:
    plain = ("Backspace", "Delete", "ArrowLeft", "ArrowRight", "ArrowUp", "End", "Enter")
    keys = (*plain, "Shift+ArrowLeft", "Control+z", "Control+y", "Control+a")
    kind = chance.random()
    if kind < 0.35:
        hands.composes(*chance.choice(CANDIDATES))
    elif kind < 0.6:
        hands.types(chance.choice(PIECES))
    elif kind < 0.65:
        hands.seat.pastes("".join(chance.choices(PIECES, k=5)) + "\n")
    else:
        hands.presses(chance.choice(keys))


def edits_by_vim_at_random(hands: Hands, chance: random.Random) -> None:
    hands.presses("Escape")
    hands.types(chance.choice(VIM_MOVES))
    if chance.random() < 0.3:
        hands.types("u" if chance.random() < 0.5 else "v" + chance.choice("hljk") + "d")
        return
    hands.types(chance.choice(VIM_EDITS))
    if chance.random() < 0.5:
        hands.composes(*chance.choice(CANDIDATES))


def edit_at_once(ann: Seat, bob: Seat, everywhere: Everywhere, seed: int, edits: int) -> None:
    chance = random.Random(seed)
    bob.chooses_vim()
    ann.editor.focus()
    ann.pastes("".join(PIECES) + "\n" + "".join(reversed(PIECES)) + "\n")
    hands = {name: Hands(seat) for name, seat in (("ann", ann), ("bob", bob))}
    for count in range(edits):
        if chance.random() < 0.5:
            edits_at_random(hands["ann"], chance)
        else:
            edits_by_vim_at_random(hands["bob"], chance)
        if count % 50 == 49:
            everywhere.is_one()
    everywhere.is_one()
    for each in (ann, bob):
        expect(each.notices).not_to_contain_text("no longer matched")


@pytest.mark.parametrize("seed", [1, 2])
def test_two_at_once_have_one_text(ann: Seat, bob: Seat, everywhere: Everywhere, seed: int) -> None:
    edit_at_once(ann, bob, everywhere, seed, 100)


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(10, 16))
def test_two_at_once_have_one_text_for_long(
    ann: Seat, bob: Seat, everywhere: Everywhere, seed: int
) -> None:
    edit_at_once(ann, bob, everywhere, seed, 400)
