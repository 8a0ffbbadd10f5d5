"""What people type and programs print is shown as text, in a real browser, wherever it is shown."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.chromium import launch_options
from tests.browser.seat import Seat
from tests.harness import Server

pytestmark = pytest.mark.slow

MARKUP = "<img src=x onerror=pwned=1>"  # fits into a name
LINKS = "javascript:pwned=1 </script><script>pwned=1</script> <svg onload=pwned=1>"


@pytest.fixture
def browser_here(playwright: Any) -> Iterator[Any]:
    options = launch_options()
    if options is None:
        pytest.skip("program: chromium is not installed")
    browser = playwright.chromium.launch(**options)
    yield browser
    browser.close()


def test_what_people_type_is_never_markup(server: Server, browser_here: Any) -> None:
    expect.set_options(timeout=15_000)
    session = server.create_session(title=MARKUP)
    eve = server.person(MARKUP, crdt=True).join(session, as_host=True)
    eve.writes(f"print('''{MARKUP} {LINKS}''')  # {MARKUP}")
    eve.does("send_message", message=f"{MARKUP} {LINKS}")
    context = browser_here.new_context(base_url=server.url)
    ann = Seat(context, "Ann").joins(session["editor_url"])
    eve.does("run_start")
    expect(ann.output).to_contain_text(MARKUP)
    ann.button("Chat").click()
    expect(ann.page.get_by_role("log", name="Chat messages")).to_contain_text(LINKS)
    expect(ann.page.get_by_role("list", name="Participants")).to_contain_text(MARKUP)
    assert MARKUP in ann.page.title()
    ann.sees_code(f"print('''{MARKUP} {LINKS}''')  # {MARKUP}")
    eve.does("send_message", message="and live: " + MARKUP)
    expect(ann.page.get_by_role("log", name="Chat messages")).to_contain_text("and live: <img")
    eve.does("send_message", message="\u202esdrawkcab")
    line = ann.page.locator("#chat .said, .said").filter(has_text="sdrawkcab")
    expect(line).to_have_css("unicode-bidi", "isolate")
    inline = "script:not([src]):not([type='application/json'])"
    for selector in ("img[src=x]", "svg[onload]", "a[href^=javascript]", inline):
        assert ann.page.locator(selector).count() == 0, selector
    assert ann.page.evaluate("typeof pwned") == "undefined"
    assert ann.complaints == []
    context.close()


def test_bare_answers_are_no_pages(server: Server) -> None:
    """Downloads and data are never taken for markup by who opens them directly."""
    session = server.create_session(title=MARKUP, content=f"<script>pwned=1</script>{MARKUP}")
    path = f"/api/sessions/{session['session_id']}"
    for address in (path, f"{path}/export", f"{path}/export?format=json"):
        response = server.get(address, headers={"Accept": "text/html"})
        assert response.headers["X-Content-Type-Options"] == "nosniff"
        assert not response.headers["Content-Type"].startswith("text/html")
    assert server.get(f"{path}/export").headers["Content-Disposition"].startswith("attachment;")
    for address in (f"/{MARKUP}", f"/editor/{MARKUP}", f"/api/sessions/{MARKUP}"):
        response = server.get(address, headers={"Accept": "text/html"})
        assert response.status_code == 404
        assert "<img" not in response.text
