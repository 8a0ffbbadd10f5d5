"""Newcomers see the last run."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.browser.conftest import TakeSeat
from tests.browser.seat import Network, Seat
from tests.browser.test_phone import PHONE
from tests.harness import Server


def sees_the_run(seat: Seat, printed: str, verdict: str) -> None:
    expect(seat.output).to_have_text(printed, use_inner_text=True)
    expect(seat.page.locator("#verdict")).to_have_text(verdict)
    expect(seat.page.locator("#run-facts")).to_have_text(
        re.compile(r"^Ann · \d+:\d\d\s[AP]M · [\d.]+ m?s$")
    )
    expect(seat.page.locator("#announcer")).not_to_contain_text("Run:")


def test_a_newcomer_sees_the_last_run(
    ann: Seat, seat: TakeSeat, session: dict[str, str], server: Server
) -> None:
    ann.types("print('old')\nprint(input())")
    ann.page.keyboard.press("Control+Enter")
    expect(ann.page.locator("#verdict")).to_have_text("waiting for input")
    ann.textbox("Program input").fill("answer")
    ann.page.keyboard.press("Enter")
    expect(ann.page.locator("#verdict")).to_have_text("finished")
    vic = seat("Vic").joins(session["view_url"])
    sees_the_run(vic, "old\nanswer\nanswer\n", "finished")
    ann.page.reload()
    sees_the_run(ann.is_in(), "old\nanswer\nanswer\n", "finished")
    taken = server.get(f"/api/sessions/{session['session_id']}/export?format=json").json()
    imported = server.post("/api/sessions/import", taken).json()
    eve = seat("Eve").joins(imported["host_url"])
    sees_the_run(eve, "old\nanswer\nanswer\n", "finished")
    # What runs meanwhile comes first.
    ann.button("Run").click()
    expect(ann.page.locator("#verdict")).to_have_text("waiting for input")
    vic.page.reload()
    vic.is_in()
    expect(vic.page.locator("#verdict")).to_have_text("waiting for input")
    expect(vic.output).to_have_text("old\n", use_inner_text=True)


def test_output_that_was_cleared_stays_so_until_the_next_run(ann: Seat) -> None:
    network = Network(ann.page)
    ann.page.reload()
    ann.is_in().types("print('seen')")
    ann.button("Run").click()
    expect(ann.output).to_have_text("seen\n", use_inner_text=True)
    expect(ann.page.locator("#verdict")).to_have_text("finished")
    ann.button("Clear output").click()
    network.cut()
    expect(ann.connection).not_to_have_text("Saved")
    with ann.page.expect_websocket():
        network.mend()
    ann.is_in()
    expect(ann.output).not_to_contain_text("seen")
    ann.button("Run").click()
    expect(ann.output).to_have_text("seen\n", use_inner_text=True)


def test_a_returning_person_sees_how_the_run_ended(ann: Seat, bob: Seat) -> None:
    network = Network(bob.page)
    bob.page.reload()
    bob.is_in()
    ann.types("print(input())")
    ann.page.keyboard.press("Control+Enter")
    expect(bob.page.locator("#verdict")).to_have_text("waiting for input")
    network.cut()
    expect(bob.connection).not_to_have_text("Saved")
    ann.textbox("Program input").fill("answer")
    ann.page.keyboard.press("Enter")
    expect(ann.page.locator("#verdict")).to_have_text("finished")
    network.mend()
    sees_the_run(bob.is_in(), "answer\nanswer\n", "finished")


def test_an_old_run_does_not_open_its_panel_on_a_phone(
    ann: Seat, seat: TakeSeat, session: dict[str, str]
) -> None:
    ann.types("print('seen')")
    ann.button("Run").click()
    expect(ann.page.locator("#verdict")).to_have_text("finished")
    dev = seat("Dev", **PHONE).joins(session["editor_url"])
    expect(dev.page.locator("#verdict")).to_have_text("finished")
    expect(dev.output).to_be_hidden()
    expect(dev.page.locator("#output-button")).not_to_have_class(re.compile("news"))
    dev.page.locator("#output-button").click()
    sees_the_run(dev, "seen\n", "finished")
