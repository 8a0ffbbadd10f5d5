"""Idle connections end, but not those of people who think: the page waits at its prompts."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.chromium import launch_options
from tests.browser.seat import Seat
from tests.harness import Server

pytestmark = pytest.mark.slow


@pytest.fixture
def soon(tmp_path: Path) -> Any:
    with Server(tmp_path, environment={"COLLABPAD_JOIN_WITHIN": "0.5"}) as running:
        yield running


@pytest.mark.parametrize("asked", ["name", "passcode"])
def test_a_person_at_a_prompt_is_left_alone(soon: Server, playwright: Any, asked: str) -> None:
    options = launch_options()
    if options is None:
        pytest.skip("program: chromium is not installed")
    expect.set_options(timeout=15_000)
    browser = playwright.chromium.launch(**options)
    session = soon.create_session(**({"passcode": "sesame"} if asked == "passcode" else {}))
    context = browser.new_context(base_url=soon.url)
    ann = Seat(context, "Ann").opens(session["editor_url"])
    ann.textbox("Your name").fill("Ann")
    if asked == "passcode":
        ann.button("Join").click()
        ann.textbox("Passcode").fill("sesame")
    for _ in range(2):  # twice the time that connections have which do not join
        soon.person("Idle").connect().hears("disconnect")
    opened = soon.read_log().count("GET /socket.io/ 101")
    assert opened <= 4, "the page does not come back again and again"
    ann.button("Join").click()
    ann.is_in()
    assert ann.complaints == []
    browser.close()
