"""A page loads again by itself if a part of it does not arrive."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Route, expect

from tests.browser.conftest import TakeSeat

PARTS = [r"/js/editor\.js", r"/js/dom\.js", r"/vendor/editor\.js", r"/css/base\.css"]


@pytest.mark.parametrize("part", PARTS)
def test_a_part_that_was_lost_comes_with_the_next_try(
    seat: TakeSeat, session: dict[str, str], part: str
) -> None:
    ann = seat("Ann").expects_complaint("ERR_ADDRESS_UNREACHABLE")
    lost: list[str] = []

    def lose_once(route: Route) -> None:
        if lost:
            route.continue_()
        else:
            lost.append(route.request.url)
            route.abort("addressunreachable")

    ann.page.route(re.compile(part), lose_once)
    ann.joins(session["host_url"])
    assert lost
    expect(ann.button("End session")).to_be_visible()


def test_a_page_waits_for_a_server_that_is_away(seat: TakeSeat, session: dict[str, str]) -> None:
    ann = seat("Ann").expects_complaint("ERR_ADDRESS_UNREACHABLE")
    probes: list[str] = []

    def away(route: Route) -> None:
        if route.request.method == "HEAD":
            probes.append(route.request.url)
        if len(probes) == 3 or route.request.resource_type == "document":
            route.continue_()
        else:
            route.abort("addressunreachable")

    ann.page.route(re.compile("/static/.*/js/e|/editor/"), away)
    ann.joins(session["editor_url"])
    assert len(probes) == 3


def test_a_page_that_never_loads_says_so_and_stops(seat: TakeSeat, session: dict[str, str]) -> None:
    ann = seat("Ann").expects_complaint("ERR_ADDRESS_UNREACHABLE")
    opened: list[str] = []
    ann.page.on("domcontentloaded", lambda page: opened.append(page.url))
    ann.page.route(re.compile(r"/js/dom\.js"), lambda route: route.abort("addressunreachable"))
    ann.opens(session["editor_url"])
    note = ann.page.get_by_role("alert")
    expect(note).to_contain_text("Part of this page did not arrive.")
    while len(opened) < 4:
        ann.page.wait_for_event("domcontentloaded")
    expect(note).to_be_visible()
    ann.page.unroute_all()
    ann.button("Load again").click()
    ann.gives_name()
    assert len(opened) == 5
