"""The start page, and the way into a session and back."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import TakeSeat
from tests.browser.seat import Seat
from tests.harness import Server


def test_a_new_session_opens_and_asks_the_name_there(seat: TakeSeat) -> None:
    ann = seat("Ann").opens("/")
    ann.button("New session").click()
    ann.gives_name()
    ann.sees_pen("You have the pen")
    expect(ann.person("Ann")).to_contain_text("host")
    expect(ann.page.get_by_text("Only you are here so far.")).to_be_visible()


def test_a_known_name_is_not_asked_again(seat: TakeSeat, session: dict[str, str]) -> None:
    ann = seat("Ann").joins(session["editor_url"])
    ann.opens("/")
    ann.button("New session").click()
    ann.is_in()


@pytest.mark.parametrize("given", ["session_id", "editor_url", "view_id"])
def test_a_session_is_joined_by_its_id_or_link(
    seat: TakeSeat, session: dict[str, str], given: str
) -> None:
    bob = seat("Bob").opens("/")
    bob.textbox("Session ID or link").fill(f"  {session[given]} ")
    bob.button("Join").click()
    bob.gives_name()
    expect(bob.textbox("Session title")).to_have_value("Kata")


def test_an_invalid_link_is_reported(seat: TakeSeat) -> None:
    bob = seat("Bob").opens("/")
    bob.textbox("Session ID or link").fill("the one from yesterday")
    bob.button("Join").click()
    expect(bob.page.get_by_role("alert")).to_contain_text("not a session ID or link")
    expect(bob.textbox("Session ID or link")).to_be_focused()


def test_an_unknown_session_has_a_page_with_a_way_on(seat: TakeSeat) -> None:
    bob = seat("Bob").expects_complaint("404")
    bob.opens("/editor/AbCdEfGhIjKlMnOpQr")
    expect(bob.page.get_by_role("heading")).to_contain_text("no such session")
    bob.page.get_by_role("link", name="Start page").click()
    expect(bob.button("New session")).to_be_visible()


def test_visited_sessions_are_listed_and_can_be_forgotten(seat: TakeSeat, tmp_path: Path) -> None:
    token = tmp_path / "token"
    token.write_text("a-token-for-the-operator-alone")
    with Server(tmp_path, "--token-file", str(token)) as server:
        ann = seat("Ann", base_url=server.url)
        ann.joins(server.create_session(title="Kata")["host_url"])
        _comes_back_and_forgets(ann)
        ann.context.close()


def test_a_session_is_listed_once(seat: TakeSeat, tmp_path: Path) -> None:
    with Server(tmp_path) as server:
        ann = seat("Ann", base_url=server.url)
        ann.joins(server.create_session(title="Kata")["host_url"]).opens("/")
        expect(ann.page.get_by_text("Kata", exact=True)).to_have_count(1)
        expect(ann.page.get_by_text("Recent here")).to_be_hidden()
        ann.page.get_by_role("link", name="Kata", exact=True).click()
        ann.is_in()
        ann.context.close()


def _comes_back_and_forgets(ann: Seat) -> None:
    ann.textbox("Session title").fill("Roman numerals")
    ann.page.keyboard.press("Enter")
    expect(ann.page).to_have_title("✎ Roman numerals · collabpad")
    ann.opens("/")
    for name in ("Open Roman numerals", "Roman numerals"):
        ann.page.get_by_role("link", name=name, exact=True).click()
        ann.is_in()
        ann.opens("/")
    ann.button("Forget Roman numerals").click()
    expect(ann.page.get_by_text("Recent here")).to_be_hidden()


def test_without_the_operators_link_one_can_only_join(seat: TakeSeat, tmp_path: Path) -> None:
    token = tmp_path / "token"
    token.write_text("a-token-for-the-operator-alone")
    with Server(tmp_path, "--token-file", str(token)) as server:
        bob = seat("Bob").opens(server.url)
        expect(bob.page.get_by_text("Join with the link you were given.")).to_be_visible()
        expect(bob.button("New session")).to_have_count(0)
        bob.opens(f"{server.url}/?token={server.token}")
        bob.button("New session").click()
        bob.gives_name()
        bob.context.close()
