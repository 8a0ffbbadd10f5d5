"""The Share dialog: links, the QR code, copying."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import expect

from tests.browser.chromium import FAR
from tests.browser.conftest import TakeSeat
from tests.browser.seat import Network, Seat
from tests.harness import Server


def test_the_host_finds_every_link(ann: Seat, session: dict[str, str]) -> None:
    ann.button("Share").click()
    dialog = ann.dialog("Share")
    for name, value in {
        "Join link": session["editor_url"],
        "View-only link": session["view_url"],
        "Host link": session["host_url"],
        "Session ID": session["session_id"],
    }.items():
        expect(dialog.get_by_role("textbox", name=name, exact=True)).to_have_value(value)
    image = dialog.get_by_role("img", name="QR code of the join link")
    expect(image).to_be_visible()
    assert image.evaluate("image => image.decode().then(() => image.naturalWidth)") > 0
    ann.page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(ann.button("Share")).to_be_focused()


def test_a_participant_finds_no_host_link(bob: Seat) -> None:
    bob.button("Share").click()
    expect(bob.textbox("Join link")).to_be_visible()
    expect(bob.textbox("Host link")).to_have_count(0)


def test_a_viewer_can_share_only_the_view(seat: TakeSeat, session: dict[str, str]) -> None:
    eve = seat("Eve").joins(session["view_url"])
    eve.button("Share").click()
    expect(eve.textbox("View-only link")).to_have_value(session["view_url"])
    expect(eve.textbox("Join link")).to_have_count(0)
    expect(eve.page.get_by_role("img", name="QR code of the view-only link")).to_be_visible()


def test_from_another_machine_over_plain_http_all_works(seat: TakeSeat, tmp_path: Path) -> None:
    with Server(tmp_path, "--allow-host", FAR) as server:
        there = server.url.replace("127.0.0.1", FAR)
        session = server.create_session()
        ann = seat("Ann").joins(f"{there}/editor/{session['session_id']}")
        assert ann.page.evaluate("[isSecureContext, 'clipboard' in navigator]") == [False, False]
        ann.button("Share").click()
        link = f"{there}/editor/{session['view_id']}"
        expect(ann.textbox("View-only link")).to_have_value(link)
        copy = ann.button("Copy the link to view")
        copy.click()
        expect(copy).to_have_text("Copied")
        expect(copy).to_be_focused()
        ann.page.keyboard.press("Escape")
        ann.opens_chat()
        ann.page.keyboard.press("Control+v")
        expect(ann.textbox("Chat message")).to_have_value(link)
        network = Network(ann.page)
        ann.page.reload()
        ann.expects_complaint("WebSocket").expects_complaint("Failed to load").is_in()
        network.cut()
        expect(ann.connection).not_to_have_text("Saved")
        ann.types("resynced")
        network.mend()
        expect(ann.connection).to_have_text("Saved")
        ann.page.reload()
        ann.is_in().sees_code("resynced")
        ann.context.close()


def test_the_link_that_is_shared_lets_people_in(
    ann: Seat, seat: TakeSeat, session: dict[str, str]
) -> None:
    ann.button("Invite people").click()
    link = ann.textbox("Join link").input_value()
    seat("Dev").joins(link)
    expect(ann.person("Dev")).to_be_visible()
