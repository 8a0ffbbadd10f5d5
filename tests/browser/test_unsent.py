"""Nobody's edits are lost: network gaps, reloads, closed tabs, a server that dies."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import TakeSeat
from tests.browser.seat import Network, Seat
from tests.harness import Server, eventually

OFFLINE = "Offline: your changes are kept here"
NO_DATABASE = """Object.defineProperty(window, "indexedDB", {
  get() { throw new DOMException("denied", "SecurityError"); },
});"""
"""What a page finds where the browser lets it keep nothing."""
SLOW_CLOCK = """const { setTimeout } = window;
window.setTimeout = (does, ms = 0, ...rest) => setTimeout(does, 20 * ms, ...rest);"""
"""A page has all the time that other pages on a busy machine need to answer it."""


def behind_a_network(seat: Seat) -> Network:
    """Their way to the server can be cut from now on."""
    seat.expects_complaint("WebSocket").expects_complaint("Failed to load")
    seat.expects_complaint("ERR_CONNECTION_REFUSED").expects_complaint("ERR_INTERNET_DISCONNECTED")
    network = Network(seat.page)
    seat.page.reload()
    seat.is_in()
    return network


def types_offline(seat: Seat, text: str) -> None:
    expect(seat.connection).to_have_text(OFFLINE)
    seat.types(text)


def closes(seat: Seat) -> None:
    """Go away from the page, as a click on a tab's cross does, and forget the tab."""
    seat.page.goto("about:blank")
    seat.page.close()


def kept_edits(seat: Seat) -> int:
    """How many rows of unsent edits this browser keeps."""
    rows: int = seat.page.evaluate(
        """() => new Promise((resolve) => {
          indexedDB.open("collabpad", 1).onsuccess = ({ target: { result } }) => {
            const counted = result.transaction("unsent").objectStore("unsent").count();
            counted.onsuccess = () => { result.close(); resolve(counted.result); };
          };
        })"""
    )
    return rows


def test_a_reload_keeps_offline_edits(ann: Seat, bob: Seat) -> None:
    network = behind_a_network(ann)
    network.cut()
    types_offline(ann, "kept over")
    ann.page.reload()
    network.mend()
    ann.is_in().sees_code("kept over")
    bob.sees_code("kept over")
    ann.types(" a reload")
    bob.sees_code("kept over a reload")
    eventually(lambda: kept_edits(ann) == 0, "nothing kept once it is acknowledged")


def test_a_new_tab_sends_the_edits_of_a_closed_one(
    ann: Seat, bob: Seat, session: dict[str, str]
) -> None:
    ann.combobox("Writing mode").select_option(label="Everybody")
    bob.sees_pen("Everybody can write")
    network = behind_a_network(bob)
    network.cut()
    types_offline(bob, "from the closed tab")
    closes(bob)
    bob.second_tab().opens(session["editor_url"]).is_in()
    for each in (ann, bob):
        each.sees_code("from the closed tab")


def test_a_reader_gets_the_unsent_edits_of_a_closed_tab_back(
    ann: Seat, bob: Seat, session: dict[str, str]
) -> None:
    ann.types("agreed")
    ann.button("Give the pen to Bob").click()
    bob.sees_pen("You have the pen")
    network = behind_a_network(bob)
    network.cut()
    types_offline(bob, " and unsent")
    closes(bob)
    ann.button("Take the pen back").click()
    bob.second_tab().opens(session["editor_url"]).is_in()
    bob.button("Show it").click()
    expect(bob.textbox("Your unsent text")).to_have_value(" and unsent")
    ann.sees_code("agreed")


def test_two_tabs_keep_each_their_own(ann: Seat, bob: Seat, session: dict[str, str]) -> None:
    network = behind_a_network(ann)
    network.cut()
    types_offline(ann, "still open")
    second = ann.context.new_page()
    second.add_init_script(SLOW_CLOCK)
    second.goto(session["editor_url"])
    expect(second.get_by_role("status", name="Connection")).to_have_text("Saved")
    expect(second.locator(".cm-placeholder")).to_be_visible()
    network.mend()
    bob.sees_code("still open")


def test_a_browser_that_keeps_nothing_loses_nothing_while_the_page_is_open(
    seat: TakeSeat, session: dict[str, str]
) -> None:
    ann = seat("Ann")
    ann.context.add_init_script(NO_DATABASE)
    network = behind_a_network(ann.joins(session["host_url"]))
    network.cut()
    types_offline(ann, "in the page")
    network.mend()
    expect(ann.connection).to_have_text("Saved")
    ann.page.reload()
    ann.is_in().sees_code("in the page")


def test_a_reload_does_not_wait_for_the_database(seat: TakeSeat, session: dict[str, str]) -> None:
    """A browser drops what it has not begun to write when the page closes."""
    ann = seat("Ann")
    ann.context.add_init_script(NO_DATABASE)
    network = behind_a_network(ann.joins(session["host_url"]))
    network.cut()
    types_offline(ann, "written ")
    ann.page.wait_for_timeout(300)  # longer than the page waits before it writes
    ann.types("at once").page.reload()
    network.mend()
    ann.is_in().sees_code("written at once")
    left = "() => Object.keys(localStorage).filter(key => key.includes('closing')).length"
    eventually(lambda: ann.page.evaluate(left) == 0, "nothing kept once it is acknowledged")


def test_a_browser_without_a_network_goes_on(ann: Seat, bob: Seat) -> None:
    ann.expects_complaint("WebSocket").expects_complaint("ERR_INTERNET_DISCONNECTED")
    network = behind_a_network(ann)
    network.cut()
    ann.context.set_offline(True)
    types_offline(ann, "no network")
    network.up = True
    ann.context.set_offline(False)
    expect(ann.connection).to_have_text("Saved")
    bob.sees_code("no network")


def test_a_killed_server_loses_nothing_that_was_typed(seat: TakeSeat, tmp_path: Path) -> None:
    with Server(tmp_path) as server:
        ann = seat("Ann").expects_complaint("WebSocket").expects_complaint("Failed to load")
        ann.expects_complaint("ERR_CONNECTION_REFUSED")
        session = server.create_session(content="")
        ann.joins(session["host_url"])
        typed = ""
        for turn in range(2):
            for count in range(40):
                word = f"{turn}.{count} "
                typed += word
                ann.types(word)
                if count == 20:
                    server.kill()
            server.start()
            ann.page.evaluate("() => void dispatchEvent(new Event('online'))")
            expect(ann.connection).to_have_text("Saved", timeout=30_000)
            ann.sees_code(typed.rstrip(" ") + " ")
        exported = server.get(f"/api/sessions/{session['session_id']}/export?format=text")
        assert exported.text == typed
        ann.context.close()


@pytest.mark.parametrize("seed", [1, 2])
def test_two_people_typing_fast_get_the_same_text(
    ann: Seat, bob: Seat, server: Server, session: dict[str, str], seed: int
) -> None:
    chance = random.Random(seed)
    ann.combobox("Writing mode").select_option(label="Everybody")
    bob.sees_pen("Everybody can write")
    ann.pastes("line\n" * 10)
    bob.sees_code(*["line"] * 10, "")
    keys = ["Enter", "Backspace", "Delete", "ArrowUp", "ArrowDown", "Home", "End", "Control+z"]
    for each in (ann, bob):
        each.editor.focus()
    for _ in range(150):
        each = chance.choice((ann, bob))
        if chance.random() < 0.4:
            each.page.keyboard.press(chance.choice(keys))
        else:
            each.page.keyboard.insert_text(chance.choice(["x", "é", "🙂", "(a)", "foo bar"]))
    for each in (ann, bob):
        expect(each.connection).to_have_text("Saved")

    def exported() -> str:
        path = f"/api/sessions/{session['session_id']}/export?format=text"
        return server.get(path).text

    def texts() -> list[str]:
        return [text_of(ann), text_of(bob), exported()]

    eventually(lambda: len(set(texts())) == 1, f"the same text everywhere: {texts()}")
    assert "x" in text_of(ann)


def text_of(seat: Seat) -> str:
    lines: list[str] = seat.page.locator(".cm-line").evaluate_all(
        "lines => lines.map((line) => line.textContent)"
    )
    return "\n".join(lines)


def test_a_megabyte_pasted_here_arrives_there(
    ann: Seat, bob: Seat, server: Server, session: dict[str, str]
) -> None:
    text = "\n".join(f"{number:07} the quick brown fox" for number in range(34_000))
    assert 900_000 < len(text) < 1024 * 1024
    ann.pastes(text)
    expect(ann.connection).to_have_text("Saved")
    expect(bob.page.locator(".cm-line").first).to_have_text("0000000 the quick brown fox")
    bob.editor.focus()
    bob.page.keyboard.press("Control+End")
    expect(bob.page.locator(".cm-line").last).to_have_text("0033999 the quick brown fox")
    path = f"/api/sessions/{session['session_id']}/export?format=text"
    assert server.get(path).text == text
