"""Vim keys while somebody else types: only your own keys count, and selections stay in place."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import TakeSeat
from tests.browser.seat import Seat
from tests.harness import Server

LINES = ("one", "two", "three", "four", "last")


@pytest.fixture
def pair(server: Server, seat: TakeSeat) -> tuple[Seat, Seat]:
    """Ann by Vim's keys on the first line, Bob without them at the end; both write."""
    session = server.create_session(content="\n".join(LINES), write_mode="open", language="text")
    ann = seat("Ann").joins(session["host_url"])
    bob = seat("Bob").joins(session["editor_url"])
    ann.chooses_vim().page.keyboard.type("gg0")
    return ann, bob


def at_the_end(bob: Seat, text: str) -> None:
    bob.types(text)


def at_the_start(bob: Seat, text: str) -> None:
    bob.editor.focus()
    bob.page.keyboard.press("Control+Home")
    bob.page.keyboard.type(text)


def test_dot_repeats_ones_own_typing_alone(pair: tuple[Seat, Seat]) -> None:
    ann, bob = pair
    ann.page.keyboard.type("iab")
    at_the_end(bob, "XYZ")
    ann.sees_code("abone", *LINES[1:4], "lastXYZ")
    ann.page.keyboard.type("c")
    ann.page.keyboard.press("Escape")
    ann.page.keyboard.type("j0.")
    for each in pair:
        each.sees_code("abcone", "abctwo", "three", "four", "lastXYZ")


def test_a_count_repeats_ones_own_typing_alone(pair: tuple[Seat, Seat]) -> None:
    ann, bob = pair
    ann.page.keyboard.type("3ix")
    at_the_end(bob, "!")
    ann.sees_code("xone", *LINES[1:4], "last!")
    ann.page.keyboard.press("Escape")
    for each in pair:
        each.sees_code("xxxone", *LINES[1:4], "last!")


def test_a_macro_holds_ones_own_typing_alone(pair: tuple[Seat, Seat]) -> None:
    ann, bob = pair
    ann.page.keyboard.type("qaA,")
    at_the_end(bob, "!")
    ann.sees_code("one,", *LINES[1:4], "last!")
    ann.page.keyboard.press("Escape")
    ann.page.keyboard.type("jq2@a")
    for each in pair:
        each.sees_code("one,", "two,", "three,", "four", "last!")


@pytest.mark.parametrize(
    ("keys", "left"),
    [
        ("jVjd", ["new", "one", "four", "last"]),
        ("jVj>", ["new", "one", "\ttwo", "\tthree", "four", "last"]),
        ("jlvd", ["new", "one", "to", "three", "four", "last"]),
        ("jvjd", ["new", "one", "hree", "four", "last"]),
    ],
)
def test_a_selection_stays_on_its_text(pair: tuple[Seat, Seat], keys: str, left: list[str]) -> None:
    ann, bob = pair
    ann.page.keyboard.type(keys[:-1])
    at_the_start(bob, "new\n")
    ann.sees_code("new", *LINES)
    ann.page.keyboard.type(keys[-1])
    for each in pair:
        expect(each.page.locator(".cm-line")).to_have_text(left, use_inner_text=False)


def test_a_selection_stays_while_others_write_before_it_in_its_line(
    pair: tuple[Seat, Seat],
) -> None:
    ann, bob = pair
    ann.page.keyboard.type("lvl")
    at_the_start(bob, ">>")
    ann.sees_code(">>one", *LINES[1:])
    ann.page.keyboard.type("d")
    for each in pair:
        each.sees_code(">>o", *LINES[1:])


def test_a_mark_stays_on_its_line(pair: tuple[Seat, Seat]) -> None:
    ann, bob = pair
    ann.page.keyboard.type("jmajj")
    at_the_start(bob, "new\n")
    ann.sees_code("new", *LINES)
    ann.page.keyboard.type("'add")
    for each in pair:
        each.sees_code("new", "one", "three", "four", "last")
