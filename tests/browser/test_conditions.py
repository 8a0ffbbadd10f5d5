"""Unusual conditions: bad networks, sub-paths, crowds, too much text."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import TakeSeat
from tests.browser.proxy import Proxy
from tests.browser.seat import Seat
from tests.harness import Server

NO_WEBSOCKETS = """window.WebSocket = class {
  constructor() {
    setTimeout(() => {
      this.onerror?.(new Event("error"));
      this.onclose?.(new CloseEvent("close", { code: 1006 }));
    });
  }
  close() {}
};"""
"""What a page finds behind a proxy that knows only plain HTTP."""

NOTE_STATUS = """addEventListener("DOMContentLoaded", () => {
  const place = document.getElementById("connection");
  window.statuses = [];
  const note = () => statuses.push(place.textContent);
  const changes = { childList: true, characterData: true, subtree: true };
  new MutationObserver(note).observe(place, changes);
});"""
"""Some are there for a moment only."""
CONNECTING, DETOUR = "Connecting…", "Nothing gets through. Trying another way…"


def statuses(seat: Seat) -> list[str]:
    """What the connection's status has said, without what it repeats."""
    said: list[str] = seat.page.evaluate("statuses")
    return [text for at, text in enumerate(said) if at == 0 or text != said[at - 1]]


def test_two_people_typing_at_once_get_the_same_text(ann: Seat, bob: Seat) -> None:
    ann.combobox("Writing mode").select_option(label="Everybody")
    bob.sees_pen("Everybody can write")
    ann.pastes("one\n\ntwo")
    bob.sees_code("one", "", "two")
    ann.editor.focus()
    ann.page.keyboard.press("Control+Home")
    bob.editor.focus()
    bob.page.keyboard.press("Control+End")
    for turn in range(30):
        ann.page.keyboard.type(f"a{turn}(", delay=0)
        bob.page.keyboard.type(f"b{turn}🙂", delay=0)
        if turn % 7 == 0:
            ann.page.keyboard.press("Enter")
            bob.page.keyboard.press("Backspace")
    for each in (ann, bob):
        expect(each.connection).to_have_text("Saved")
    expect(ann.editor).to_contain_text("b29")
    expect(bob.editor).to_contain_text("a29")
    assert ann.page.locator(".cm-line").all_text_contents() == (
        bob.page.locator(".cm-line").all_text_contents()
    )


def test_a_network_without_websockets_works(
    ann: Seat, seat: TakeSeat, session: dict[str, str]
) -> None:
    dev = seat("Dev")
    dev.page.add_init_script(NO_WEBSOCKETS)
    dev.joins(session["editor_url"])
    ann.button("Give the pen to Dev").click()
    dev.sees_pen("You have the pen")
    dev.types("by polling")
    ann.sees_code("by polling")


@pytest.mark.parametrize("mode", ["swallow", "silence"])
def test_a_proxy_that_holds_websockets_back_keeps_nobody_out(
    ann: Seat, seat: TakeSeat, server: Server, session: dict[str, str], mode: str
) -> None:
    with Proxy(server, mode) as proxy:
        dev = seat("Dev").expects_complaint("WebSocket")
        dev.page.add_init_script(NOTE_STATUS)
        dev.joins(session["editor_url"].replace(server.url, proxy.url))
        assert statuses(dev)[:3] == [CONNECTING, DETOUR, "Saved"]
        ann.combobox("Writing mode").select_option(label="Everybody")
        dev.sees_pen("Everybody can write")
        dev.types("by another way")
        ann.sees_code("by another way")
        tried = proxy.handshakes
        assert tried == 1
        dev.page.reload()
        dev.is_in().sees_code("by another way")
        assert proxy.handshakes == tried, "what worked is remembered for this visit"


def test_a_websocket_that_falls_silent_takes_nothing_with_it(
    ann: Seat, seat: TakeSeat, server: Server, session: dict[str, str]
) -> None:
    ann.combobox("Writing mode").select_option(label="Everybody")
    with Proxy(server, "pass") as proxy:
        dev = seat("Dev").expects_complaint("WebSocket")
        dev.page.add_init_script(NOTE_STATUS)
        dev.joins(session["editor_url"].replace(server.url, proxy.url))
        dev.types("heard")
        ann.sees_code("heard")
        proxy.mode = "silence"
        dev.types(" and unheard")
        ann.sees_code("heard and unheard")
        expect(dev.connection).to_have_text("Saved")
        assert "Reconnecting…" in statuses(dev)
        assert statuses(dev)[-3:] == [DETOUR, "Saving…", "Saved"]
        ann.types("!")
        dev.sees_code("heard and unheard!")


def test_an_answer_that_is_not_the_servers_is_told(
    ann: Seat, seat: TakeSeat, session: dict[str, str]
) -> None:
    dev = seat("Dev").expects_complaint("WebSocket").expects_complaint("Failed to load")
    dev.page.add_init_script(NO_WEBSOCKETS)
    dev.joins(session["editor_url"])
    page = "<h1>502 Bad Gateway</h1>"
    dev.page.route("**/socket.io/**", lambda route: route.fulfill(status=502, body=page))
    expect(dev.notices).to_contain_text("Something between you and the server answered: 502.")
    dev.page.unroute("**/socket.io/**")
    expect(dev.connection).to_have_text("Saved")


def test_a_paste_that_is_too_large_is_offered_back(ann: Seat, bob: Seat) -> None:
    ann.types("kept")
    bob.sees_code("kept")
    ann.pastes("0123456789" * 120_000)
    expect(ann.notices).to_contain_text("too large")
    ann.sees_code("kept")
    ann.types("!")
    bob.sees_code("kept!")


def test_a_full_session_says_so(seat: TakeSeat, tmp_path: Path) -> None:
    with Server(tmp_path, "--max-participants", "1") as server:
        url = server.create_session()["editor_url"]
        ann = seat("Ann").joins(url)
        bob = seat("Bob").opens(url)
        bob.textbox("Your name").fill("Bob")
        bob.button("Join").click()
        expect(bob.dialog("This session is full")).to_be_visible()
        ann.button("Leave session").click()
        ann.dialog("Leave this session?").get_by_role("button", name="Leave").click()
        expect(ann.button("Join")).to_be_visible()
        bob.button("Try again").click()
        bob.is_in()
        for each in (ann, bob):
            each.context.close()


def test_everything_works_below_a_path(seat: TakeSeat, tmp_path: Path) -> None:
    with Server(tmp_path, "--base-path", "/pad") as server:
        ann = seat("Ann").opens(f"{server.url}/")
        ann.button("New session").click()
        ann.gives_name()
        expect(ann.editor).to_contain_text("Hello, {name}!")
        ann.types("print('below')")
        ann.button("Run").click()
        expect(ann.output).to_have_text("Hello, world! below", use_inner_text=True)
        ann.button("Share").click()
        bob = seat("Bob").joins(ann.textbox("Join link").input_value())
        expect(bob.editor).to_contain_text("print('below')")
        assert "/pad/editor/" in bob.page.url
        image = ann.page.get_by_role("img", name="QR code of the join link")
        assert image.evaluate("image => image.decode().then(() => image.naturalWidth)") > 0
        ann.page.keyboard.press("Escape")
        ann.page.get_by_role("link", name="collabpad, start page").click()
        ann.page.get_by_role("link", name="Untitled").first.click()
        ann.is_in()
        for each in (ann, bob):
            each.context.close()


def test_a_page_outlives_its_server(seat: TakeSeat, tmp_path: Path) -> None:
    with Server(tmp_path) as server:
        ann = seat("Ann").expects_complaint("WebSocket").expects_complaint("Failed to load")
        ann.expects_complaint("ERR_CONNECTION_REFUSED")
        ann.joins(server.create_session()["editor_url"]).types("precious")
        expect(ann.connection).to_have_text("Saved")
        server.stop()
        expect(ann.notices).to_contain_text("server is stopping")
        expect(ann.connection).to_have_text("Offline: your changes are kept here")
        ann.types(" indeed")
        with ann.page.expect_download() as download:
            ann.page.keyboard.press("Control+s")
        assert download.value.path().read_text() == "precious indeed"
        server.start()
        ann.context.close()
