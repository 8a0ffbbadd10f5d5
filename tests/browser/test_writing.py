"""Writing: the others see what you type, and readers cannot write."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.browser.conftest import TakeSeat
from tests.browser.seat import Network, Seat
from tests.harness import Server, eventually


def test_everybody_sees_what_the_pens_holder_types(ann: Seat, bob: Seat) -> None:
    ann.types("print('héllo 🙂')")
    bob.sees_code("print('héllo 🙂')")
    expect(ann.connection).to_have_text("Saved")


def test_a_newcomer_sees_the_text(ann: Seat, seat: TakeSeat, session: dict[str, str]) -> None:
    ann.pastes("first\nsecond\n")
    ann.sees_code("first", "second", "")
    seat("Dev").joins(session["editor_url"]).sees_code("first", "second", "")


def test_line_ends_of_windows_become_plain_ones(ann: Seat, bob: Seat) -> None:
    ann.pastes("one\r\ntwo\r\n")
    bob.sees_code("one", "two", "")
    ann.types("three")
    bob.sees_code("one", "two", "three")


def test_without_the_pen_the_editor_is_read_only(ann: Seat, bob: Seat) -> None:
    ann.types("ours")
    bob.sees_code("ours")
    expect(bob.editor).to_have_attribute("aria-readonly", "true")
    bob.types("mine")
    bob.pastes("mine")
    for key in ("Enter", "Backspace", "Delete", "Tab", "Control+x", "Control+z", "Control+/"):
        bob.page.keyboard.press(key)
    ann.types("!")
    bob.sees_code("ours!")
    ann.sees_code("ours!")


def test_the_pen_is_handed_over_and_taken_back(ann: Seat, bob: Seat) -> None:
    ann.sees_pen("You have the pen")
    bob.sees_pen("Ann has the pen")
    ann.button("Give the pen to Bob").click()
    bob.sees_pen("You have the pen")
    ann.sees_pen("Bob has the pen")
    bob.types("bob was here")
    ann.sees_code("bob was here")
    ann.button("Take the pen back").click()
    ann.sees_pen("You have the pen")
    bob.sees_pen("Ann has the pen")
    expect(bob.editor).to_have_attribute("aria-readonly", "true")


def test_the_pens_holder_gives_it_back(ann: Seat, bob: Seat) -> None:
    ann.button("Give the pen to Bob").click()
    bob.button("Give the pen back").click()
    ann.sees_pen("You have the pen")


def test_asking_for_the_pen_interrupts_nobody(ann: Seat, bob: Seat) -> None:
    ann.types("typing ")
    bob.button("Ask for the pen").click()
    request = ann.page.get_by_role("group", name="Requests")
    expect(request).to_contain_text("Bob asks for the pen")
    ann.page.keyboard.type("on and on")
    bob.sees_code("typing on and on")
    for each in (ann, bob):
        each.page.reload()
        each.is_in()
    expect(bob.button("Cancel request")).to_be_visible()
    ann.button("Give it to Bob").click()
    bob.sees_pen("You have the pen")
    expect(request).to_be_hidden()


def test_a_request_can_be_put_off_and_taken_back(ann: Seat, bob: Seat) -> None:
    bob.button("Ask for the pen").click()
    ann.button("Hide Bob’s request").click()
    requests = ann.page.get_by_role("group", name="Requests")
    expect(requests).to_be_hidden()
    ann.page.reload()
    ann.is_in()
    expect(ann.person("Bob")).to_contain_text("asks for the pen")
    expect(requests).to_be_hidden()
    bob.button("Cancel request").click()
    expect(ann.person("Bob")).not_to_contain_text("asks for the pen")
    bob.button("Ask for the pen").click()  # anew
    expect(requests).to_contain_text("Bob asks for the pen")


def test_a_writer_is_told_who_took_the_pen(ann: Seat, bob: Seat) -> None:
    ann.button("Give the pen to Bob").click()
    bob.sees_pen("You have the pen")
    ann.button("Take the pen back").click()
    expect(bob.notices).to_contain_text("Ann took the pen back.")
    ann.combobox("Writing mode").select_option(label="Everybody")
    ann.button("Mute Bob").click()
    expect(bob.notices).to_contain_text("Ann muted you")


def test_typing_without_the_pen_offers_to_ask_for_it(ann: Seat, bob: Seat) -> None:
    bob.types("x")
    offer = bob.page.get_by_role("group", name="Reading only")
    expect(offer).to_contain_text("Ann has the pen")
    bob.page.keyboard.press("Enter")
    expect(offer).to_be_hidden()
    expect(ann.button("Give it to Bob")).to_be_visible()


def test_in_open_mode_everybody_writes_and_undoes_their_own(ann: Seat, bob: Seat) -> None:
    ann.combobox("Writing mode").select_option(label="Everybody")
    bob.sees_pen("Everybody can write")
    ann.types("ann ")
    bob.sees_code("ann ")
    bob.types("bob")
    ann.sees_code("ann bob")
    ann.editor.focus()
    ann.page.keyboard.press("Control+z")
    bob.sees_code("bob")
    ann.page.keyboard.press("Control+y")
    bob.sees_code("ann bob")


def test_a_muted_person_reads_and_can_ask(ann: Seat, bob: Seat) -> None:
    ann.combobox("Writing mode").select_option(label="Everybody")
    bob.sees_pen("Everybody can write")
    ann.person("Bob").hover()
    ann.button("Mute Bob").click()
    bob.sees_pen("You are muted")
    bob.types("x")
    expect(bob.page.get_by_role("group", name="Reading only")).to_contain_text("muted you")
    bob.button("Ask to write").first.click()
    ann.button("Let Bob write").click()
    bob.sees_pen("Everybody can write").types("again")
    ann.sees_code("again")


def name_opacity(seat: Seat) -> float:
    """How much of the name at somebody's caret can be seen."""
    caret = seat.page.locator(".remote-caret")
    shown: str = caret.evaluate("caret => getComputedStyle(caret, '::after').opacity")
    return float(shown or "nan")  # it was drawn anew while this looked


def test_others_carets_are_seen_with_their_names(ann: Seat, bob: Seat) -> None:
    ann.types("abc")
    bob.sees_code("abc")
    bob.editor.focus()
    bob.page.keyboard.press("Control+a")
    expect(ann.page.locator(".remote-caret[data-name=Bob]")).to_be_visible()
    expect(ann.page.locator(".remote-selection")).to_have_text("abc")
    eventually(lambda: name_opacity(ann) == 0, "the name to fade away")
    bob.page.keyboard.press("ArrowRight")
    eventually(lambda: name_opacity(ann) > 0.9, "the name to be there again")
    bob.opens_chat()
    expect(ann.page.locator(".remote-caret[data-name=Bob]")).to_be_visible()
    bob.context.close()
    expect(ann.page.locator(".remote-caret")).to_have_count(0)


def test_a_view_only_link_is_read_only(ann: Seat, seat: TakeSeat, session: dict[str, str]) -> None:
    ann.types("look")
    eve = seat("Eve").joins(session["view_url"])
    eve.sees_code("look")
    eve.types("x")
    expect(eve.page.get_by_role("group", name="Reading only")).to_contain_text("view-only link")
    expect(eve.button("Ask for the pen")).to_have_count(0)
    expect(eve.button("Run")).to_be_disabled()
    expect(ann.button("Give the pen to Eve")).to_have_count(0)
    eve.opens_chat().says("nice")
    ann.opens_chat().sees_said("nice")
    assert session["session_id"] not in eve.page.content()


def test_offline_edits_arrive_later(ann: Seat, bob: Seat) -> None:
    network = Network(ann.page)
    ann.page.reload()
    ann.expects_complaint("WebSocket").expects_complaint("Failed to load").is_in()
    network.cut()
    expect(ann.connection).to_have_text("Offline: your changes are kept here")
    ann.types("kept")
    expect(ann.button("Run")).to_be_disabled()
    network.mend()
    expect(ann.connection).to_have_text("Saved")
    bob.sees_code("kept")


def test_text_that_was_refused_is_offered_back(ann: Seat, bob: Seat) -> None:
    ann.types("agreed")
    bob.sees_code("agreed")
    network = Network(bob.page)
    bob.page.reload()
    bob.expects_complaint("WebSocket").expects_complaint("Failed to load").is_in()
    ann.button("Give the pen to Bob").click()
    bob.sees_pen("You have the pen")
    network.cut()
    expect(bob.connection).to_have_text("Offline: your changes are kept here")
    bob.types(" and more")
    ann.button("Take the pen back").click()
    network.mend()
    expect(bob.notices).to_contain_text("was not accepted")
    bob.sees_code("agreed")
    ann.sees_code("agreed")
    bob.button("Show it").click()
    expect(bob.textbox("Your unsent text")).to_have_value(" and more")


def test_a_page_and_a_script_write_in_turn(
    ann: Seat, server: Server, session: dict[str, str]
) -> None:
    script = server.person("Script").join(session)
    ann.types("a = 1\n")
    script.sees(text="a = 1\n")
    ann.button("Give the pen to Script").click()
    ann.sees_pen("Script has the pen")
    script.writes("a = 2\n")
    ann.sees_code("a = 2", "")
