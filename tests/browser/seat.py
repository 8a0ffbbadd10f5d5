"""A person at a browser: what they do and see, by the roles and names that the page promises."""

from __future__ import annotations

import re
from collections.abc import Sequence

from playwright.sync_api import (
    BrowserContext,
    ConsoleMessage,
    Dialog,
    Locator,
    Page,
    Route,
    WebSocketRoute,
    expect,
)

PASTE = """(element, text) => {
  const clipboardData = new DataTransfer();
  clipboardData.setData("text/plain", text);
  const options = { clipboardData, bubbles: true, cancelable: true };
  element.dispatchEvent(new ClipboardEvent("paste", options));
}"""


class Network:
    """The way between one page and the server; can be cut."""

    def __init__(self, page: Page) -> None:
        self.up = True
        self._page = page
        self._sockets: list[WebSocketRoute] = []
        page.route_web_socket(re.compile("/socket.io/"), self._socket)
        page.route(re.compile("/socket.io/"), self._request)

    def cut(self) -> None:
        self.up = False
        for socket in self._sockets:
            socket.close()
        self._sockets.clear()

    def mend(self) -> None:
        self.up = True
        self._page.evaluate("() => void dispatchEvent(new Event('online'))")

    def _socket(self, socket: WebSocketRoute) -> None:
        if not self.up:
            socket.close()
            return
        socket.connect_to_server()
        self._sockets.append(socket)

    def _request(self, route: Route) -> None:
        if self.up:
            route.continue_()
        else:
            route.abort()


class Seat:
    """One person with a browser of their own."""

    def __init__(self, context: BrowserContext, name: str) -> None:
        self.context = context
        self.name = name
        self.complaints: list[str] = []
        # Browsers say of every page over plain HTTP from afar that they ignore this header there.
        self.expected: list[str] = []
        self.page = self._new_page()

    def _new_page(self) -> Page:
        page = self.context.new_page()
        page.on("pageerror", lambda error: self.complaints.append(f"{self.name}: {error}"))
        page.on("console", self._console)
        page.on("dialog", Dialog.accept)
        return page

    def _console(self, message: ConsoleMessage) -> None:
        if message.type not in ("error", "warning"):
            return
        if not any(part in message.text for part in self.expected):
            self.complaints.append(f"{self.name}: {message.text}")

    def expects_complaint(self, part: str) -> Seat:
        """The browser itself will write `part` to the console: no fault of the page's."""
        self.expected.append(part)
        return self

    def second_tab(self) -> Seat:
        """The same person's browser, one tab more."""
        self.page = self._new_page()
        return self

    # --- coming -----------------------------------------------------------------------------------

    def opens(self, url: str) -> Seat:
        self.page.goto(url)
        return self

    def joins(self, url: str) -> Seat:
        """Open a session's link, give a name, and be in."""
        return self.opens(url).gives_name()

    def gives_name(self, **more: str) -> Seat:
        gate = self.dialog("Join session")
        gate.get_by_role("textbox", name="Your name").fill(self.name)
        if "passcode" in more:
            gate.get_by_role("textbox", name="Passcode").fill(more["passcode"])
        gate.get_by_role("button", name="Join").click()
        return self.is_in()

    def is_in(self) -> Seat:
        expect(self.page.locator("#join-dialog")).to_be_hidden()
        expect(self.connection).to_have_text("Saved")
        expect(self.pen).not_to_have_text("")
        # What helps with writing comes with the language, after the text.
        expect(self.editor).to_have_attribute("aria-autocomplete", "list")
        return self

    # --- what the page promises -------------------------------------------------------------------

    def button(self, name: str | re.Pattern[str], *, exact: bool = True) -> Locator:
        if isinstance(name, re.Pattern):
            return self.page.get_by_role("button", name=name)
        return self.page.get_by_role("button", name=name, exact=exact)

    def textbox(self, name: str) -> Locator:
        return self.page.get_by_role("textbox", name=name, exact=True)

    def dialog(self, name: str) -> Locator:
        return self.page.get_by_role("dialog", name=name, exact=True)

    def combobox(self, name: str) -> Locator:
        return self.page.get_by_role("combobox", name=name, exact=True)

    @property
    def editor(self) -> Locator:
        return self.textbox("Code editor")

    @property
    def people(self) -> Locator:
        return self.page.get_by_role("list", name="Participants")

    def person(self, name: str) -> Locator:
        return self.people.get_by_role("listitem").filter(has_text=name)

    @property
    def pen(self) -> Locator:
        return self.page.get_by_role("status", name="Pen")

    @property
    def connection(self) -> Locator:
        return self.page.get_by_role("status", name="Connection")

    @property
    def output(self) -> Locator:
        return self.page.get_by_role("log", name="Output")

    @property
    def notices(self) -> Locator:
        return self.page.get_by_role("status", name="Notices")

    def confirms(self, question: str, answer: str) -> Seat:
        """Answer a question, which the keyboard does not answer by itself."""
        asked = self.dialog(question)
        expect(asked.get_by_role("button", name="Cancel")).to_be_focused()
        asked.get_by_role("button", name=answer, exact=True).click()
        return self

    def holds(self, key: str, repeats: int = 8) -> Seat:
        """A key that stays down for a while, and repeats."""
        for _ in range(1 + repeats):
            self.page.keyboard.down(key)
        self.page.keyboard.up(key)
        return self

    # --- writing ----------------------------------------------------------------------------------

    def chooses_vim(self) -> Seat:
        self.page.keyboard.press("Control+,")
        self.dialog("Preferences").get_by_role("combobox", name="Keys").select_option("Vim")
        self.page.keyboard.press("Escape")
        expect(self.page.locator(".cm-vim-panel")).to_be_visible()
        self.editor.focus()
        return self

    def types(self, text: str) -> Seat:
        """At the end of the code, key by key."""
        self.editor.focus()
        self.page.keyboard.press("Control+End")
        self.page.keyboard.type(text)
        return self

    def pastes(self, text: str) -> Seat:
        self.editor.focus()
        self.editor.evaluate(PASTE, text)
        return self

    def sees_code(self, *lines: str) -> Seat:
        expect(self.page.locator(".cm-line")).to_have_text(list(lines), use_inner_text=True)
        return self

    def sees_pen(self, text: str) -> Seat:
        expect(self.pen).to_have_text(text)
        return self

    # --- chat -------------------------------------------------------------------------------------

    def opens_chat(self) -> Seat:
        self.button(re.compile("^Chat")).click()
        expect(self.textbox("Chat message")).to_be_focused()
        return self

    def says(self, text: str) -> Seat:
        self.textbox("Chat message").fill(text)
        self.page.keyboard.press("Enter")
        return self

    @property
    def messages(self) -> Locator:
        return self.page.get_by_role("log", name="Chat messages")

    def sees_said(self, *texts: str) -> Seat:
        said: Sequence[str] = texts
        expect(self.messages.locator(".said")).to_have_text(list(said))
        return self
