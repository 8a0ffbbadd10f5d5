"""A page whose text differs from the session's notices, repairs and says so; undo still works."""

from __future__ import annotations

import base64
import re

from playwright.sync_api import WebSocketRoute, expect

from tests.browser.seat import Seat


class FaultyNetwork:
    """A way to the server on which one update is damaged; both sides count the same edits."""

    def __init__(self, seat: Seat, right: bytes, wrong: bytes) -> None:
        self.faults = 0
        self._right, self._wrong = right, wrong
        seat.page.route_web_socket(re.compile("/socket.io/"), self._connect)

    def _connect(self, page: WebSocketRoute) -> None:
        server = page.connect_to_server()
        page.on_message(server.send)
        server.on_message(lambda message: page.send(self._damaged(message)))

    def _damaged(self, message: str | bytes) -> str | bytes:
        if self.faults > 0 or not isinstance(message, str) or '"doc_update"' not in message:
            return message
        return re.sub(r'(?<="update":")[^"]*', self._exchange, message)

    def _exchange(self, update: re.Match[str]) -> str:
        data = base64.b64decode(update[0])
        self.faults += self._right in data
        return base64.b64encode(data.replace(self._right, self._wrong)).decode()


def test_a_page_astray_gets_the_text_of_all_keeps_its_undo_and_is_told(
    ann: Seat, bob: Seat
) -> None:
    ann.combobox("Writing mode").select_option(label="Everybody")
    network = FaultyNetwork(bob, b"right", b"wrong")
    bob.page.reload()
    bob.is_in().sees_pen("Everybody can write")
    bob.pastes("bob 1\n")
    bob.pastes("bob 2\n")
    ann.sees_code("bob 1", "bob 2", "")
    ann.editor.focus()
    ann.page.keyboard.press("Control+Home")
    ann.pastes("right\n")
    bob.sees_code("wrong", "bob 1", "bob 2", "")
    assert network.faults == 1
    # Edits of such characters are what has led pages astray: soon after one it is looked for.
    bob.pastes("🙂\n")
    expect(bob.notices).to_contain_text("no longer matched")
    bob.sees_code("right", "bob 1", "bob 2", "🙂", "")
    bob.editor.focus()
    bob.page.keyboard.press("Control+z")
    ann.sees_code("right", "bob 1", "bob 2", "")
    bob.page.keyboard.press("Control+z")
    bob.page.keyboard.press("Control+z")
    ann.sees_code("right", "")
    bob.page.keyboard.press("Control+y")
    ann.sees_code("right", "bob 1", "")
    bob.pastes("bob 3\n")
    ann.page.keyboard.press("Control+z")
    for each in (ann, bob):
        expect(each.page.locator(".cm-line").first).not_to_have_text("right")
        expect(each.editor).to_contain_text("bob 3")
