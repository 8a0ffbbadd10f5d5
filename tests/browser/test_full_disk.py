"""A server with a full disk: people are told, keep working, and lose nothing."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import expect

from tests.browser.conftest import TakeSeat
from tests.harness import Server
from tests.storage.test_full_disk import Disk, disk

__all__ = ["disk"]

NOTICE = "The server can’t save right now"


def test_people_are_told_and_go_on(seat: TakeSeat, tmp_path: Path, disk: Disk) -> None:
    # Not as a context: that holds the log to be free of errors, and this one is none of its faults.
    server = Server(tmp_path, "--data-dir", str(disk.folder / "data")).start()
    try:
        session = server.create_session(write_mode="open")
        ann = seat("Ann").joins(session["editor_url"])
        bob = seat("Bob").joins(session["editor_url"])
        ann.types("print('saved')\n")
        expect(ann.connection).to_have_text("Saved")
        disk.fill()
        # The journal has room left for a moment: it takes more than a line to find the disk full.
        ann.pastes("# " + "x" * 200_000 + "\n")
        for each in (ann, bob):
            expect(each.notices).to_contain_text(NOTICE)
            expect(each.connection).to_have_text("Saving…")
        for each, other in ((ann, bob), (bob, ann)):  # one after the other: both write at the end
            each.types(f"print('{each.name}')\n")
            expect(other.editor).to_contain_text(f"print('{each.name}')")
        ann.button("Run").click()
        expect(bob.output).to_contain_text("Bob")
        disk.free()
        for each in (ann, bob):
            expect(each.connection).to_have_text("Saved", timeout=30_000)
            expect(each.notices).not_to_contain_text(NOTICE)
        text = server.get(f"/api/sessions/{session['session_id']}/export?format=text").text
        for each in (ann, bob):
            each.expects_complaint("WebSocket").expects_complaint("Failed to load")
            each.expects_complaint("ERR_CONNECTION_REFUSED")
        server.kill()
        server.start()
        again = server.get(f"/api/sessions/{session['session_id']}/export?format=text").text
        assert again == text
        assert "print('Ann')" in again
        assert "print('Bob')" in again
        for each in (ann, bob):
            each.context.close()
        assert "Changes cannot be saved and are kept in memory" in server.read_log()
    finally:
        server.stop()
