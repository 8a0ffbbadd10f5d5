"""How much a browser fetches before there is code to see."""

from __future__ import annotations

from playwright.sync_api import Response, expect

from tests.browser.conftest import TakeSeat

LIMIT = 250_000  # bytes, compressed


def test_little_is_fetched_before_a_language_is_chosen(
    seat: TakeSeat, session: dict[str, str]
) -> None:
    ann = seat("Ann")
    fetched: list[Response] = []
    ann.page.on("response", lambda response: fetched.append(response))
    ann.opens(session["editor_url"])
    expect(ann.dialog("Join session")).to_be_visible()
    ann.page.wait_for_load_state("networkidle")
    own = [response for response in fetched if "/socket.io/" not in response.url]
    assert any(response.url.endswith("/vendor/editor.js") for response in own)
    sizes = {
        response.url.rpartition("/")[2]: response.request.sizes()["responseBodySize"]
        for response in own
    }
    total = sum(sizes.values())
    assert 100_000 < total < LIMIT, sorted(sizes.items(), key=lambda item: -item[1])
