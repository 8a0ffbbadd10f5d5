"""The host's seat as pages show it: acting or by right, and the operator's way into it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import TakeSeat
from tests.harness import Person, Server

Session = dict[str, str]


def test_an_acting_host_is_told_so(seat: TakeSeat, session: Session) -> None:
    ann = seat("Ann").joins(session["editor_url"])
    expect(ann.person("Ann")).to_contain_text("acting host")
    expect(ann.page.get_by_text("You are the acting host.")).to_be_visible()
    ann.opens(session["host_url"]).is_in()
    expect(ann.person("Ann")).not_to_contain_text("acting")
    expect(ann.page.get_by_text("You are the acting host.")).to_be_hidden()
    expect(ann.button("End session")).to_be_visible()


@pytest.fixture
def lan(tmp_path: Path) -> Iterator[Server]:
    token = tmp_path / "token"
    token.write_text("a-token-for-the-operator-alone")
    with Server(tmp_path, "--token-file", str(token)) as running:
        yield running


def test_the_operators_link_leads_into_the_first_session_as_its_host(
    seat: TakeSeat, lan: Server
) -> None:
    made = lan.create_session(title="First")
    guest: Person = lan.person("Guest").join(made)
    way_in = f"{lan.url}/?token={lan.token}&session={made['session_id']}#host={made['host_key']}"
    ann = seat("Ann").opens(way_in).gives_name()
    assert ann.page.url == f"{lan.url}/editor/{made['session_id']}"
    expect(ann.person("Ann")).to_contain_text("host")
    assert guest.sees_roster(lambda roster: roster["host_id"] not in (None, guest.id))
    expect(ann.button("End session")).to_be_visible()
    # The same link after the session: the start page, with the other sessions.
    lan.create_session(title="Second <b>")
    ann.button("End session").click()
    ann.button("End it for everybody").click()
    ann.opens("about:blank").opens(way_in)
    expect(ann.button("New session")).to_be_visible()
    assert ann.page.url == f"{lan.url}/"
    row = ann.page.get_by_role("listitem").filter(has_text="Second <b>")
    expect(row).to_contain_text("nobody here · opened just now")
    row.get_by_role("link", name="Open the session Second <b>").click()
    ann.is_in()
    stranger = seat("Bob").opens(lan.url)
    expect(stranger.page.get_by_text("Sessions on this server")).to_have_count(0)
    for each in (ann, stranger):
        each.context.close()
