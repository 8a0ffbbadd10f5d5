"""Accessibility: screen readers, the keyboard, small screens, every theme."""

from __future__ import annotations

import re
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser.conftest import TakeSeat
from tests.browser.seat import Seat
from tests.harness import Person, Server

LOOKS: dict[str, dict[str, Any]] = {
    "light": {"color_scheme": "light"},
    "dark": {"color_scheme": "dark"},
    "contrast": {"color_scheme": "dark", "contrast": "more"},
}
PHONE: dict[str, Any] = {
    "viewport": {"width": 360, "height": 740},
    "has_touch": True,
    "is_mobile": True,
}

CONTRAST = """(element) => {
  const { color, backgroundColor } = getComputedStyle(element);
  const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const opacity = Number(getComputedStyle(element).opacity);
  const panel = getComputedStyle(document.documentElement).getPropertyValue("--panel");
  const luminance = (paint) => {
    canvas.globalAlpha = 1;
    canvas.fillStyle = panel;
    canvas.fillRect(0, 0, 1, 1);
    canvas.globalAlpha = opacity;
    canvas.fillStyle = paint;
    canvas.fillRect(0, 0, 1, 1);
    const [r, g, b] = [...canvas.getImageData(0, 0, 1, 1).data].map((channel) => {
      const share = channel / 255;
      return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const [dark, light] = [luminance(color), luminance(backgroundColor)].sort((a, b) => a - b);
  return (light + 0.05) / (dark + 0.05);
}"""
"""How well a text can be read on its own ground, over a panel; see WCAG 2."""


def is_clean(page: Page) -> None:
    """No violation that axe knows of; what it finds is said in full."""
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()


@pytest.mark.parametrize("look", LOOKS)
def test_the_start_page_is_accessible(seat: TakeSeat, session: dict[str, str], look: str) -> None:
    ann = seat("Ann", **LOOKS[look])
    ann.joins(session["view_url"]).opens("/")  # the join link is among those of the server
    expect(ann.page.get_by_text("Recent here")).to_be_visible()
    ann.button("Join").click()
    is_clean(ann.page)


@pytest.mark.parametrize("look", LOOKS)
def test_the_editor_is_accessible(seat: TakeSeat, session: dict[str, str], look: str) -> None:
    ann = seat("Ann", **LOOKS[look])
    ann.opens(session["host_url"])
    expect(ann.dialog("Join session")).to_be_visible()
    is_clean(ann.page)
    ann.gives_name()
    bob = seat("Bob").joins(session["editor_url"])
    bob.button("Ask for the pen").click()
    bob.opens_chat().says("hello")
    ann.opens_chat().pastes('# note\ndef f(n: int) -> str:\n    return "x" + str(n)\n1 / 0\n')
    ann.button("Run").click()
    expect(ann.page.get_by_text("error, exit code 1", exact=True)).to_be_visible()
    expect(ann.button("Give it to Bob")).to_be_visible()
    expect(ann.page.locator(".cm-line span").first).to_be_visible()
    ann.person("Bob").hover()
    is_clean(ann.page)
    ann.combobox("Rotation").select_option(label="Other…")
    ann.page.get_by_role("spinbutton", name="Minutes per turn").fill("7")
    bob.editor.click()
    bob.button("Point").click()
    expect(ann.page.locator(".pointed-name")).to_have_count(1)
    bob.button("Follow Ann").click()
    is_clean(bob.page)
    is_clean(ann.page)
    ann.button("Dock chat").click()
    ann.button("Share").click()
    is_clean(ann.page)
    ann.page.keyboard.press("Escape")
    ann.button("Earlier runs").click()
    ann.page.get_by_role("list", name="Runs").get_by_role("button").click()
    expect(ann.button("Changes since")).to_be_visible()
    ann.types("# since\n")
    is_clean(ann.page)
    ann.button("Changes since").click()
    is_clean(ann.page)


def answers_the_knock(host: Person, *, allow: bool) -> None:
    knock = host.hears("join_requested", name="Dev")["participant_id"]
    host.forgets()
    host.does("admit", participant_id=knock, allow=allow)


@pytest.mark.parametrize("look", LOOKS)
def test_a_shut_door_is_accessible(server: Server, seat: TakeSeat, look: str) -> None:
    session = server.create_session(passcode="tulip")
    host = server.person("Ann").join(session, as_host=True)
    dev = seat("Dev", **LOOKS[look]).opens(session["editor_url"])
    dev.textbox("Your name").fill("Dev")
    dev.button("Join").click()
    dev.textbox("Passcode").fill("rose")
    dev.button("Join").click()
    expect(dev.dialog("Join session").get_by_role("alert")).to_be_visible()
    is_clean(dev.page)
    host.does("update_session", join_policy="approve")
    dev.textbox("Passcode").fill("tulip")
    dev.button("Join").click()
    expect(dev.dialog("Waiting to be let in")).to_be_visible()
    is_clean(dev.page)
    answers_the_knock(host, allow=False)
    expect(dev.dialog("Not let in")).to_be_visible()
    is_clean(dev.page)
    dev.button("Ask again").click()
    answers_the_knock(host, allow=True)
    dev.is_in()
    inside = host.sees_roster(lambda roster: len(roster["participants"]) == 2)["participants"]
    host.does("remove_participant", participant_id=next(each for each in inside if each != host.id))
    expect(dev.dialog("You were removed")).to_be_visible()
    is_clean(dev.page)
    host.does("update_session", join_policy="locked")
    dev.button("Join again").click()
    expect(dev.dialog("This session is locked")).to_be_visible()
    is_clean(dev.page)
    host.does("update_session", join_policy="open", passcode=None)
    dev.button("Try again").click()
    dev.is_in()
    host.does("close_session")
    expect(dev.dialog("The session has ended")).to_be_visible()
    expect(dev.button("Download the code")).to_be_visible()
    is_clean(dev.page)


@pytest.mark.parametrize("look", LOOKS)
def test_help_and_search_are_accessible(seat: TakeSeat, session: dict[str, str], look: str) -> None:
    ann = seat("Ann", **LOOKS[look]).joins(session["host_url"])
    ann.types("print(1))")
    for key, name in (("F1", "Command palette"), ("Control+,", "Preferences")):
        ann.page.keyboard.press(key)
        expect(ann.dialog(name)).to_be_visible()
        is_clean(ann.page)
        ann.page.keyboard.press("Escape")
    ann.button("Help").click()
    expect(ann.dialog("Help")).to_be_visible()
    is_clean(ann.page)
    ann.page.keyboard.press("Escape")
    for action, name in (("Rename yourself", "Rename yourself"), ("End session", "End the")):
        ann.button(action).click()
        expect(ann.page.get_by_role("dialog", name=name)).to_be_visible()
        is_clean(ann.page)
        ann.page.keyboard.press("Escape")
    expect(ann.page.locator(".cm-lintRange-error")).to_be_visible()
    ann.editor.focus()
    ann.page.keyboard.press("F8")
    for key in ("Control+Shift+M", "Control+g", "Control+h"):
        ann.editor.focus()
        ann.page.keyboard.press(key)
    expect(ann.textbox("Replace")).to_be_focused()
    is_clean(ann.page)


@pytest.mark.parametrize("look", LOOKS)
def test_the_error_page_is_accessible(seat: TakeSeat, look: str) -> None:
    ann = seat("Ann", **LOOKS[look]).expects_complaint("404")
    ann.opens("/editor/AbCdEfGhIjKlMnOpQr")
    is_clean(ann.page)


def test_all_is_done_by_keyboard(seat: TakeSeat) -> None:
    ann = seat("Ann").opens("/")
    keys = ann.page.keyboard
    keys.press("Tab")
    expect(ann.button("New session")).to_be_focused()
    keys.press("Enter")
    expect(ann.textbox("Your name")).to_be_focused()
    keys.type("Ann")
    keys.press("Enter")
    ann.is_in()
    ann.page.get_by_role("link", name="Skip to the code").focus()
    keys.press("Enter")
    keys.press("Tab")
    expect(ann.editor).to_be_focused()
    expect(ann.editor).to_have_attribute("data-language", "python")
    keys.type("if True:")
    keys.press("Enter")
    keys.press("Tab")
    keys.type("print('keys')")
    keys.press("Control+Enter")
    expect(ann.output).to_contain_text("keys")


def test_focus_moves_on_when_a_button_is_removed(ann: Seat, bob: Seat) -> None:
    """What is pressed often goes by that; then the keyboard is never left on nothing."""
    expect(bob.editor).to_be_focused()
    bob.page.keyboard.type("x")
    bob.page.keyboard.press("Enter")
    ann.button("Give it to Bob").press("Enter")
    bob.sees_pen("You have the pen")
    expect(ann.page.locator("#people")).to_be_focused()
    bob.page.keyboard.type("mine")
    ann.sees_code("mine")
    bob.button("Give the pen back").press("Enter")
    expect(bob.button("Ask for the pen")).to_be_focused()
    bob.page.keyboard.press("Enter")
    expect(bob.button("Cancel request")).to_be_focused()

    ann.button("Give the pen to Bob").press("Enter")
    expect(bob.editor).to_be_focused()
    expect(ann.button("Follow Bob")).to_be_focused()
    ann.page.keyboard.press("Enter")
    ann.button("Stop following").press("Enter")
    expect(ann.editor).to_be_focused()
    ann.button("Take the pen back").press("Enter")
    ann.sees_pen("You have the pen")
    expect(ann.editor).to_be_focused()
    ann.button("Remove Bob").press("Enter")
    ann.confirms("Remove Bob?", "Remove")
    expect(ann.button("Rename yourself")).to_be_focused()
    expect(bob.button("Join again")).to_be_focused()


def test_tab_can_be_made_to_leave_the_code(ann: Seat) -> None:
    ann.editor.focus()
    ann.page.keyboard.press("Escape")
    ann.page.keyboard.press("Tab")
    expect(ann.editor).not_to_be_focused()
    ann.editor.focus()
    ann.page.keyboard.press("Control+m")
    expect(ann.page.get_by_text("Tab leaves the code", exact=False).first).to_be_visible()
    ann.page.keyboard.press("Tab")
    expect(ann.editor).not_to_be_focused()


def test_enter_leaves_the_gate_by_no_other_way(seat: TakeSeat, session: dict[str, str]) -> None:
    dev = seat("Dev").opens(session["editor_url"])
    for _ in range(3):
        dev.page.keyboard.press("Escape")
    expect(dev.dialog("Join session")).to_be_visible()
    dev.textbox("Your name").press("Enter")
    expect(dev.textbox("Your name")).to_be_focused()
    dev.gives_name()


def no_sideways_scrolling(page: Page) -> None:
    width, inner = page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
    assert width <= inner


def test_a_phone_has_room_for_everything(seat: TakeSeat, session: dict[str, str]) -> None:
    ann = seat("Ann", **PHONE).opens("/")
    no_sideways_scrolling(ann.page)
    ann.joins(session["host_url"])
    bob = seat("Bob", **PHONE).joins(session["editor_url"])
    no_sideways_scrolling(ann.page)
    bob.button("Ask for the pen").click()
    ann.button("Give it to Bob").click()
    bob.sees_pen("You have the pen")
    bob.button(re.compile("^People")).click()
    expect(bob.people).to_be_visible()
    bob.button("Close people").click()
    expect(bob.people).to_be_hidden()
    bob.opens_chat().says("from a phone")
    ann.opens_chat().sees_said("from a phone")
    for panel in ("Chat", "Output", "People"):
        is_clean(ann.page)
        panels = ann.page.get_by_role("navigation", name="Panels")
        panels.get_by_role("button", name=panel).tap()
        no_sideways_scrolling(ann.page)
    is_clean(ann.page)
    ann.button("Commands").tap()
    expect(ann.combobox("Command")).not_to_be_focused()
    ann.page.keyboard.type("share")
    ann.page.keyboard.press("Enter")
    expect(ann.textbox("Join link")).to_be_visible()
    no_sideways_scrolling(ann.page)


@pytest.mark.parametrize("look", LOOKS)
def test_absent_people_stay_readable(
    server: Server, seat: TakeSeat, session: dict[str, str], look: str
) -> None:
    ann = seat("Ann", **LOOKS[look], **PHONE).joins(session["host_url"])
    gone = [server.person(f"{letter} person").join(session) for letter in "ABCDEFG"]
    gone[0].does("request_write")
    gone[0].does("activity", state="idle")
    for each in gone[1:]:
        each.goes()
    ann.button(re.compile("^People")).tap()
    expect(ann.people.locator(".is-away")).to_have_count(len(gone) - 1)
    # axe takes a letter for an icon and leaves it out.
    for avatar in ann.people.locator(".is-away .avatar").all():
        found = avatar.evaluate(CONTRAST)
        assert found >= 4.5, f"{look}: {found:.2f}"
    is_clean(ann.page)
    expect(ann.person("A person")).to_contain_text("asks for the pen · idle")
    lines = "(span) => [span.getClientRects().length, span.textContent]"
    assert ann.person("A person").locator(".small > span").evaluate(lines) == [1, "· idle"]
