"""People: identity across reloads, the host's actions, joining."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.browser.conftest import TakeSeat
from tests.browser.seat import Seat
from tests.harness import Server


def test_a_reload_keeps_the_participant(ann: Seat, bob: Seat) -> None:
    bob.button("Ask for the pen").click()
    bob.page.reload()
    bob.is_in()
    expect(bob.people.get_by_role("listitem")).to_have_count(2)
    expect(bob.button("Cancel request")).to_be_visible()
    ann.page.reload()
    ann.is_in()
    expect(ann.person("Ann")).to_contain_text("host · has the pen")
    expect(ann.button("Give it to Bob")).to_be_visible()


def test_the_host_link_makes_its_opener_the_host(
    ann: Seat, bob: Seat, session: dict[str, str]
) -> None:
    assert "#" not in ann.page.url
    expect(ann.person("Ann")).to_contain_text("host")
    bob.opens(session["host_url"]).is_in()
    expect(bob.person("Bob")).to_contain_text("host")
    expect(ann.person("Ann")).not_to_contain_text("host")


def test_a_reload_does_not_take_the_host_role_back(ann: Seat, bob: Seat) -> None:
    ann.person("Bob").hover()
    ann.button("Make Bob the host").click()
    expect(bob.person("Bob")).to_contain_text("host")
    ann.page.reload()
    ann.is_in()
    expect(ann.person("Bob")).to_contain_text("host")
    expect(ann.combobox("Writing mode")).to_have_count(0)


def test_a_removed_person_is_told_and_can_be_kept_out(ann: Seat, bob: Seat) -> None:
    ann.person("Bob").hover()
    ann.button("Remove Bob").click()
    ann.confirms("Remove Bob?", "Remove")
    expect(bob.dialog("You were removed")).to_be_visible()
    ann.notices.get_by_role("button", name="Change the links").click()
    ann.confirms("Change the links?", "Change the links")
    expect(ann.notices).to_contain_text("links have been changed")
    expect(ann.person("Bob")).to_have_count(0)
    expect(ann.connection).to_have_text("Saved")
    bob.button("Join again").click()
    expect(bob.dialog("This session is not here any more")).to_be_visible()


ACTIONS = ("Remove", "Mute", "Make", "Give the pen to")


def test_a_held_key_does_one_thing_to_one_person(
    server: Server, session: dict[str, str], ann: Seat
) -> None:
    people = [server.person(name).join(session) for name in ("Zed", "Cleo", "Grace")]
    expect(ann.people.get_by_role("listitem")).to_have_count(4)
    for name in ("Zed", "Cleo"):
        ann.button(f"Remove {name}").focus()
        ann.holds("Enter")
        ann.confirms(f"Remove {name}?", "Remove")
        expect(ann.person(name)).to_have_count(0)
        focused = ann.page.evaluate("document.activeElement.ariaLabel ?? ''")
        assert focused
        assert not focused.startswith(ACTIONS)
    expect(ann.notices).to_contain_text("Zed and 1 more were removed.")
    expect(ann.notices.get_by_role("button", name="Change the links")).to_have_count(1)
    ann.button("Give the pen to Grace").focus()
    ann.holds("Enter")
    ann.sees_pen("Grace has the pen")
    ann.button("Take the pen back").focus()
    ann.holds("Enter")  # the keyboard goes on to the code
    ann.sees_pen("You have the pen")
    ann.textbox("Session title").fill("Held")
    ann.holds("Enter")
    expect(ann.editor).to_be_focused()
    ann.combobox("Writing mode").select_option(label="Everybody")
    ann.button("Mute Grace").focus()
    ann.holds("Enter")
    expect(ann.button("Unmute Grace")).to_be_focused()
    ann.holds(" ")
    expect(ann.button("Mute Grace")).to_be_focused()
    ann.types("|").sees_code("|")
    ann.button("Change links").focus()
    ann.holds("Enter")
    ann.confirms("Change the links?", "Cancel")
    people[2].settles()
    moved = [news for news in people[2].all_heard("session_update") if "session_id" in news]
    assert not moved


def test_a_removed_person_is_out_at_once(ann: Seat, bob: Seat) -> None:
    ann.button("Remove Bob").click()
    ann.dialog("Remove Bob?").get_by_role("checkbox").check()
    ann.dialog("Remove Bob?").get_by_role("button", name="Remove").click()
    bob.button("Join again").click()
    expect(bob.dialog("This session is not here any more")).to_be_visible()
    expect(ann.notices).to_contain_text("links have been changed")
    expect(ann.notices).not_to_contain_text("could come back")


def test_a_new_name_is_seen_by_everybody(ann: Seat, bob: Seat) -> None:
    bob.person("Bob").hover()
    bob.button("Rename yourself").click()
    bob.textbox("New name").fill("Robert")
    bob.page.keyboard.press("Enter")
    expect(ann.person("Robert")).to_be_visible()
    expect(ann.person("Bob")).to_have_count(0)


def test_a_name_that_is_markup_is_text(ann: Seat, seat: TakeSeat, session: dict[str, str]) -> None:
    name = "<img src=x onerror=alert(1)>"
    mallory = seat(name).joins(session["editor_url"])
    mallory.opens_chat().says("<b>bold</b>")
    expect(ann.person(name)).to_be_visible()
    ann.opens_chat().sees_said("<b>bold</b>")
    assert ann.page.locator("img[src=x]").count() == 0


def test_the_title_is_the_hosts_to_change(ann: Seat, bob: Seat) -> None:
    expect(bob.textbox("Session title")).to_have_attribute("readonly", "")
    ann.textbox("Session title").fill("Roman numerals")
    ann.page.keyboard.press("Enter")
    expect(ann.editor).to_be_focused()
    ann.textbox("Session title").fill("Never mind")
    ann.page.keyboard.press("Escape")
    expect(ann.editor).to_be_focused()
    expect(ann.textbox("Session title")).to_have_value("Roman numerals")
    expect(bob.textbox("Session title")).to_have_value("Roman numerals")
    expect(bob.page).to_have_title("Roman numerals · ✎ Ann · collabpad")


def test_the_language_is_shared(ann: Seat, bob: Seat) -> None:
    expect(bob.combobox("Language")).to_be_disabled()
    ann.types("def f(): pass")
    expect(bob.page.locator(".cm-line span").first).to_have_text("def")
    ann.combobox("Language").select_option(label="JavaScript")
    expect(bob.combobox("Language")).to_have_value("javascript")


def test_a_passcode_is_asked_once(ann: Seat, seat: TakeSeat, session: dict[str, str]) -> None:
    ann.textbox("Passcode").fill("open sesame")
    ann.button("Set").click()
    expect(ann.page.get_by_text("A passcode is set.")).to_be_visible()
    dev = seat("Dev").opens(session["editor_url"])
    gate = dev.dialog("Join session")
    expect(gate.get_by_role("textbox", name="Your name")).to_be_focused()
    dev.page.keyboard.type("Dev")
    dev.page.keyboard.press("Tab")
    expect(gate.get_by_role("textbox", name="Passcode")).to_be_focused()
    dev.page.keyboard.type("sesame")
    dev.page.keyboard.press("Enter")
    expect(gate.get_by_role("alert")).to_contain_text("not right")
    dev.gives_name(passcode="open sesame")
    dev.page.reload()
    dev.is_in()
    ann.button("Remove passcode").press("Enter")
    expect(ann.page.get_by_text("None is set.")).to_be_visible()
    expect(ann.textbox("Passcode")).to_be_focused()


def test_a_name_that_is_refused_does_not_cost_the_passcode(server: Server, seat: TakeSeat) -> None:
    session = server.create_session(passcode="open sesame")
    dev = seat("De\u202ev").opens(session["editor_url"])
    gate = dev.dialog("Join session")
    gate.get_by_role("textbox", name="Your name").fill(dev.name)
    gate.get_by_role("textbox", name="Passcode").fill("open sesame")
    gate.get_by_role("button", name="Join").click()
    expect(gate.get_by_role("alert")).to_be_visible()
    expect(gate.get_by_role("textbox", name="Passcode")).to_have_value("open sesame")
    gate.get_by_role("textbox", name="Your name").fill("Dev")
    gate.get_by_role("button", name="Join").click()
    dev.is_in()


def test_a_passcode_is_asked_only_when_needed(server: Server, seat: TakeSeat) -> None:
    session = server.create_session(passcode="open sesame")
    seat("Ann").joins(session["host_url"])
    open_to_all = server.create_session()
    eve = seat("Eve").opens(open_to_all["editor_url"])
    expect(eve.dialog("Join session")).to_be_visible()
    expect(eve.textbox("Passcode")).to_be_hidden()
    eve.opens(session["view_url"])
    expect(eve.textbox("Passcode")).to_be_visible()


def test_the_host_lets_people_in_or_refuses_them(
    ann: Seat, seat: TakeSeat, session: dict[str, str]
) -> None:
    ann.combobox("Who may join").select_option(label="When let in")
    dev = seat("Dev").opens(session["editor_url"])
    dev.textbox("Your name").fill("Dev")
    dev.button("Join").click()
    expect(dev.dialog("Waiting to be let in")).to_be_visible()
    ann.button("Refuse Dev").click()
    expect(dev.dialog("Not let in")).to_be_visible()
    dev.button("Ask again").click()
    ann.button("Let Dev in").click()
    dev.is_in()
    expect(ann.person("Dev")).to_be_visible()


def test_a_locked_session_says_so(ann: Seat, seat: TakeSeat, session: dict[str, str]) -> None:
    ann.combobox("Who may join").select_option(label="Nobody new")
    dev = seat("Dev").opens(session["editor_url"])
    dev.textbox("Your name").fill("Dev")
    dev.button("Join").click()
    expect(dev.dialog("This session is locked")).to_be_visible()
    ann.combobox("Who may join").select_option(label="By the link")
    dev.button("Try again").click()
    dev.is_in()


def test_a_bad_name_can_be_mended(seat: TakeSeat, session: dict[str, str]) -> None:
    dev = seat("Dev").opens(session["editor_url"])
    dev.textbox("Your name").fill("D\u202eev")
    dev.button("Join").click()
    expect(dev.dialog("Join session").get_by_role("alert")).to_be_visible()
    dev.gives_name()


def test_an_ended_session_lets_everybody_keep_the_code(ann: Seat, bob: Seat) -> None:
    ann.types("precious")
    bob.sees_code("precious")
    ann.button("End session").focus()
    ann.holds("Enter")
    expect(ann.button("Keep the session")).to_be_focused()
    ann.page.keyboard.press("Enter")
    ann.button("End session").click()
    ann.button("End it for everybody").click()
    ended = bob.dialog("The session has ended")
    expect(ended).to_be_visible()
    with bob.page.expect_download() as download:
        ended.get_by_role("button", name="Download the code").click()
    assert download.value.suggested_filename == "Kata.py"
    assert download.value.path().read_text() == "precious"
    ended.get_by_role("link", name="Start page").click()
    expect(bob.button("Join")).to_be_visible()


def test_changed_links_do_not_disturb_people_inside(
    ann: Seat, bob: Seat, session: dict[str, str]
) -> None:
    ann.button("Change links").click()
    ann.confirms("Change the links?", "Change the links")
    expect(ann.notices).to_contain_text("links have been changed")
    expect(bob.page).not_to_have_url(session["editor_url"])
    bob.page.reload()
    bob.is_in()
    expect(bob.people.get_by_role("listitem")).to_have_count(2)
    ann.page.reload()
    ann.is_in()
    expect(ann.person("Ann")).to_contain_text("host")


def test_leaving_is_for_good(ann: Seat, bob: Seat) -> None:
    bob.button("Leave session").focus()
    bob.page.keyboard.press("Enter")
    asked = bob.dialog("Leave this session?")
    expect(asked).to_contain_text("The others carry on without you.")
    bob.page.keyboard.press("Enter")  # as a key that is held
    expect(asked).to_be_hidden()
    expect(ann.person("Bob")).to_be_visible()
    bob.button("Leave session").click()
    asked.get_by_role("button", name="Leave").click()
    expect(bob.button("Join")).to_be_visible()
    expect(ann.person("Bob")).to_have_count(0)
