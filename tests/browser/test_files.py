"""Files: dropped, chosen, downloaded."""

from __future__ import annotations

import json
import re
from pathlib import Path

from playwright.sync_api import expect

from tests.browser.chromium import FAR
from tests.browser.conftest import TakeSeat
from tests.browser.seat import Seat
from tests.harness import Server

DROP = """(element, [name, text]) => {
  const dataTransfer = new DataTransfer();
  dataTransfer.items.add(new File([text], name));
  for (const kind of ["dragover", "drop"]) {
    const options = { dataTransfer, bubbles: true, cancelable: true };
    element.dispatchEvent(new DragEvent(kind, options));
  }
}"""


def drops(seat: Seat, name: str, text: str) -> None:
    seat.editor.evaluate(DROP, [name, text])


def imports(seat: Seat, name: str, content: bytes) -> None:
    with seat.page.expect_file_chooser() as chooser:
        seat.button("Import").click()
    chooser.value.set_files({"name": name, "mimeType": "", "buffer": content})


def test_a_file_dropped_on_an_empty_session_is_its_text(ann: Seat, bob: Seat) -> None:
    drops(ann, "hello.js", "console.log(1);\r\nconsole.log(2);\r\n")
    bob.sees_code("console.log(1);", "console.log(2);", "")
    expect(bob.combobox("Language")).to_have_value("javascript")


def test_a_chosen_file_replaces_the_text_when_that_is_wanted_and_can_be_undone(
    ann: Seat, bob: Seat
) -> None:
    ann.types("mine")
    imports(ann, "new.py", b"\xef\xbb\xbfprint('new \xf0\x9f\x99\x82')\n")
    question = ann.dialog("Replace the text with new.py?")
    question.get_by_role("button", name="Cancel").click()
    bob.sees_code("mine")
    imports(ann, "new.py", "print('new 🙂')\n".encode())
    question.get_by_role("button", name="Replace").click()
    bob.sees_code("print('new 🙂')", "")
    ann.page.keyboard.type("#")
    bob.sees_code("print('new 🙂')", "#")
    ann.page.keyboard.press("Control+z")
    bob.sees_code("print('new 🙂')", "")
    ann.page.keyboard.press("Control+z")
    bob.sees_code("mine")


def test_binary_and_large_files_are_refused(ann: Seat) -> None:
    ann.types("kept")
    imports(ann, "picture.png", b"\x89PNG\r\n\x1a\n\0\0")
    expect(ann.notices).to_contain_text("picture.png is not a text file in UTF-8")
    imports(ann, "zeros.txt", b"a\0b")
    expect(ann.notices).to_contain_text("zeros.txt is not a text file in UTF-8")
    imports(ann, "huge.txt", b"x" * (1024 * 1024 + 1))
    expect(ann.notices).to_contain_text("huge.txt is too large: a session holds 1 MiB")
    ann.sees_code("kept")


def test_a_reader_cannot_replace_the_text(ann: Seat, bob: Seat) -> None:
    ann.types("kept")
    bob.sees_code("kept")
    drops(bob, "other.py", "mine")
    expect(bob.notices).to_contain_text("You can replace the text with a file once you can write.")
    bob.sees_code("kept")


def test_the_text_and_the_whole_session_are_downloaded_and_come_back(
    ann: Seat, bob: Seat, tmp_path: Path
) -> None:
    ann.types("print('travels')")
    bob.opens_chat().says("hello from before")
    with ann.page.expect_download() as text:
        ann.page.keyboard.press("Control+s")
    assert text.value.suggested_filename == "Kata.py"
    assert text.value.path().read_text() == "print('travels')"
    with ann.page.expect_download() as whole:
        ann.button("Download session").click()
    assert whole.value.suggested_filename == "Kata.collabpad.json"
    export = whole.value.path().read_bytes()
    assert json.loads(export)["content"] == "print('travels')"
    before = ann.page.url
    imports(ann, "Kata.collabpad.json", export)
    asked = ann.dialog("Open Kata.collabpad.json as a new session?")
    asked.get_by_role("button", name="Open").click()
    expect(ann.people.get_by_role("listitem")).to_have_count(1)
    ann.is_in().sees_code("print('travels')")
    assert ann.page.url != before
    ann.sees_pen("You have the pen")
    ann.opens_chat()
    expect(ann.messages).to_contain_text("hello from before")


def test_a_proxys_answer_is_reported_as_such(ann: Seat) -> None:
    ann.expects_complaint("Failed to load resource")
    page = "<html><h1>413 Request Entity Too Large</h1></html>"
    ann.page.route(
        "**/api/sessions/import",
        lambda route: route.fulfill(status=413, content_type="text/html", body=page),
    )
    ann.page.route(
        "**/export?*",
        lambda route: route.fulfill(content_type="text/html", body="<h1>Accept our terms</h1>"),
    )
    imports(ann, "large.json", b'{"format": "collabpad-session"}')
    question = ann.dialog("Open large.json as a new session?")
    question.get_by_role("button", name="Open").click()
    expect(ann.notices).to_contain_text("Something between you and the server answered: 413")
    expect(ann.notices).not_to_contain_text("offline")
    ann.button("Download session").click()
    expect(ann.notices).to_contain_text("Something between you and the server answered: 200")


def test_a_server_that_lets_only_its_owner_open_sessions_says_so(
    seat: TakeSeat, tmp_path: Path
) -> None:
    with Server(tmp_path, "--allow-host", FAR) as server:
        session = server.create_session()
        path = f"/api/sessions/{session['session_id']}/export?format=json"
        export = server.get(path).content
        ann = seat("Ann").expects_complaint("Failed to load resource").joins(session["host_url"])
        before = ann.page.url
        imports(ann, "saved.collabpad.json", export)
        ann.button("Open").click()
        expect(ann.notices).to_contain_text(
            server.post("/create_session").json()["error"]["message"]
        )
        assert ann.page.url == before
        ann.context.close()


def test_a_language_of_the_config_file_is_edited_and_run(seat: TakeSeat, tmp_path: Path) -> None:
    config = tmp_path / "config" / "collabpad" / "config.toml"
    config.parent.mkdir(parents=True)
    config.write_text(
        '[languages.tally]\nname = "Tally"\nrun = "sh {file}"\nmode = "shell"\nindent = 8\n'
    )
    with Server(tmp_path) as server:
        ann = seat("Ann", base_url=server.url).joins(server.create_session()["host_url"])
        drops(ann, "sum.TALLY", "if true; then\n")
        expect(ann.combobox("Language")).to_have_value("tally")
        expect(ann.combobox("Language").locator("option:checked")).to_have_text("Tally")
        expect(ann.editor.locator("span", has_text="if").first).to_have_class(re.compile("."))
        ann.editor.click()
        ann.page.keyboard.press("Control+End")
        ann.page.keyboard.press("Tab")
        ann.page.keyboard.type("echo counted\nfi")
        ann.sees_code("if true; then", "        echo counted", "fi")
        ann.page.keyboard.press("Control+Enter")
        expect(ann.output).to_have_text("counted")
