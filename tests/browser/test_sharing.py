"""The Share dialog: links, the QR code, copying."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

from playwright.sync_api import expect

from tests.browser.conftest import TakeSeat
from tests.browser.seat import Seat
from tests.harness import Server
from tests.network import NEAR


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
    # The machine may be on another network by now: what was drawn once is asked for again.
    with ann.page.expect_request("**/qr.svg*"):
        ann.button("Share").click()
    assert image.evaluate("image => image.decode().then(() => image.naturalWidth)") > 0


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


def test_from_another_machine_over_plain_http_all_works(
    namespaces: tuple[str, str], browser_type_launch_args: dict[str, Any], tmp_path: Path
) -> None:
    near, far = namespaces
    with Server(tmp_path, "--host", NEAR, "--no-token", within=near) as server:
        story = [sys.executable, "-m", "tests.browser.plain_http", server.url]
        done = subprocess.run(
            ["ip", "netns", "exec", far, *story],
            cwd=Path(__file__).parent.parent.parent,
            capture_output=True,
            text=True,
            timeout=120,
        )
        assert done.returncode == 0, done.stderr


def test_the_link_that_is_shared_lets_people_in(
    ann: Seat, seat: TakeSeat, session: dict[str, str]
) -> None:
    ann.button("Invite people").click()
    link = ann.textbox("Join link").input_value()
    seat("Dev").joins(link)
    expect(ann.person("Dev")).to_be_visible()


def test_the_share_dialog_has_all_settings_of_joining(
    ann: Seat, seat: TakeSeat, session: dict[str, str]
) -> None:
    ann.button("Share").click()
    share = ann.dialog("Share")
    expect(share).to_contain_text("Anyone with this link can join, ask for the pen and chat.")
    share.get_by_role("combobox", name="Who may join").select_option(label="When let in")
    expect(share).to_contain_text("Anyone with this link can ask to join")
    share.get_by_role("textbox", name="Passcode").fill("sesame")
    share.get_by_role("button", name="Set", exact=True).click()
    expect(share).to_contain_text("They need the passcode.")
    expect(share.get_by_role("combobox", name="Who may run")).to_be_visible()
    expect(share.get_by_role("button", name="Download", exact=True)).to_be_visible()

    dev = seat("Dev").opens(session["editor_url"])
    gate = dev.dialog("Join session")
    gate.get_by_role("textbox", name="Your name").fill("Dev")
    gate.get_by_role("button", name="Join").click()
    gate.get_by_role("textbox", name="Passcode").fill("sesame")
    gate.get_by_role("button", name="Join").click()
    share.get_by_role("button", name="Let Dev in").click()
    dev.is_in()
    old = share.get_by_role("textbox", name="Join link").input_value()
    share.get_by_role("button", name="Change links").click()
    ann.confirms("Change the links?", "Change the links")
    expect(share.get_by_role("status", name="Notices")).to_contain_text("links have been changed")
    expect(share.get_by_role("textbox", name="Join link")).not_to_have_value(old)

    ann.page.keyboard.press("Escape")
    expect(share).to_be_hidden()
    expect(ann.combobox("Who may join")).to_be_visible()
    ann.button("Share").click()
    share.get_by_role("button", name="End session").click()
    with ann.page.expect_download() as download:
        ann.button("Download session first").click()
    assert download.value.suggested_filename == "Kata.collabpad.json"
    ann.button("End it for everybody").click()
    for each in (ann, dev):
        ended = each.dialog("The session has ended")
        expect(ended.get_by_role("button", name="Download the code")).to_be_visible()
    expect(share).to_be_hidden()


BLOCKED = """
for (const name of ["localStorage", "sessionStorage", "indexedDB"]) {
  Object.defineProperty(window, name, {
    get: () => { throw new DOMException("denied", "SecurityError"); },
  });
}
"""


def test_a_host_link_works_without_storage(
    seat: TakeSeat, server: Server, session: dict[str, str]
) -> None:
    seat("Bob").joins(session["editor_url"])
    ann = seat("Ann")
    ann.page.add_init_script(BLOCKED)
    ann.joins(session["host_url"])
    expect(ann.button("End session")).to_be_visible()
    ann.page.reload()
    ann.gives_name()
    expect(ann.button("End session")).to_be_visible()
    ann.opens(server.url + "/")
    ann.button("New session").click()
    ann.gives_name()
    expect(ann.button("End session")).to_be_visible()
