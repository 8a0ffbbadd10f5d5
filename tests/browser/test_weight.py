"""How much a browser fetches before it shows code."""

from __future__ import annotations

from playwright.sync_api import Response, expect

from tests.browser.conftest import TakeSeat

LIMIT = 270_000  # bytes, compressed


def test_little_is_fetched_before_a_language_is_chosen(
    seat: TakeSeat, session: dict[str, str]
) -> None:
    ann = seat("Ann")
    fetched: list[Response] = []

    def note(response: Response) -> None:
        if "/socket.io/" not in response.url:
            fetched.append(response)

    ann.page.on("response", note)
    ann.opens(session["editor_url"])
    expect(ann.dialog("Join session")).to_be_visible()
    ann.page.wait_for_load_state("networkidle")
    assert any(response.url.endswith("/vendor/editor.js") for response in fetched)
    sizes = {
        response.url.rpartition("/")[2]: response.request.sizes()["responseBodySize"]
        for response in fetched
    }
    total = sum(sizes.values())
    assert 100_000 < total < LIMIT, sorted(sizes.items(), key=lambda item: -item[1])
