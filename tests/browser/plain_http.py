"""Two people at a server elsewhere on the network, over plain HTTP: run by test_sharing.py in a
network namespace, as `python -m tests.browser.plain_http URL`."""

from __future__ import annotations

import sys

import requests
from playwright.sync_api import Browser, expect, sync_playwright

from tests.browser.chromium import launch_options
from tests.browser.seat import Network, Seat


def copies_and_joins(browser: Browser, session: dict[str, str]) -> tuple[Seat, Seat]:
    """The link that one person copies lets the other in."""
    ann = Seat(browser.new_context(), "Ann").joins(session["host_url"])
    assert ann.page.evaluate("[isSecureContext, 'clipboard' in navigator]") == [False, False]
    ann.button("Share").click()
    copy = ann.button("Copy the link to join")
    copy.click()
    expect(copy).to_have_text("Copied")
    expect(copy).to_be_focused()
    ann.page.keyboard.press("Escape")
    ann.opens_chat()
    ann.page.keyboard.press("Control+v")
    expect(ann.textbox("Chat message")).to_have_value(session["editor_url"])
    return ann, Seat(browser.new_context(), "Bob").joins(session["editor_url"])


def resyncs(ann: Seat, bob: Seat) -> None:
    """What is typed while the network is gone arrives, and outlives a reload."""
    network = Network(ann.page)
    ann.page.reload()
    ann.expects_complaint("WebSocket").expects_complaint("Failed to load").is_in()
    network.cut()
    expect(ann.connection).not_to_have_text("Saved")
    ann.types("resynced")
    network.mend()
    expect(ann.connection).to_have_text("Saved")
    ann.page.reload()
    for each in (ann, bob):
        each.sees_code("resynced")


def main(url: str) -> None:
    expect.set_options(timeout=30_000)
    session = requests.post(f"{url}/create_session", timeout=30).json()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(**(launch_options() or {}))
        ann, bob = copies_and_joins(browser, session)
        resyncs(ann, bob)
        assert ann.complaints + bob.complaints == []
        browser.close()


if __name__ == "__main__":
    main(sys.argv[1])
