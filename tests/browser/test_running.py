"""Running: one output for everybody."""

from __future__ import annotations

import re
from pathlib import Path

from playwright.sync_api import expect

from tests.browser.chromium import FAR
from tests.browser.conftest import TakeSeat
from tests.browser.seat import Seat
from tests.harness import Server


def test_everybody_sees_the_output_of_a_run(ann: Seat, bob: Seat) -> None:
    ann.types("print('<b>6 * 7 =', 6 * 7)")
    ann.button("Run").click()
    for each in (ann, bob):
        expect(each.output).to_have_text("<b>6 * 7 = 42")
        expect(each.page.get_by_text("finished", exact=True)).to_be_visible()
    expect(bob.button("Run")).to_be_disabled()


def test_everybody_sees_both_streams_in_the_order_of_the_prints(ann: Seat, bob: Seat) -> None:
    ann.pastes(
        "import os, sys\n"
        "for n in range(200):\n"
        "    print(n, file=sys.stderr if n % 2 else sys.stdout)\n"
        "os.abort()\n"
    )
    ann.button("Run").click()
    for each in (ann, bob):
        expect(each.output).to_have_text("".join(f"{n}\n" for n in range(200)))


def test_a_progress_bar_stays_one_line_and_clear_empties_the_output(ann: Seat, bob: Seat) -> None:
    ann.pastes(
        "import os, sys, time\n"
        "print('gone')\n"
        "os.system('clear')\n"
        "for done in range(0, 101, 10):\n"
        "    print(f'\\r{done:3} % ', end='')\n"
        "    time.sleep(0.02)\n"
        "print('\\rready\\x1b[K')\n"
        "print('spinner |\\b/\\b-', file=sys.stderr)\n"
    )
    ann.button("Run").click()
    for each in (ann, bob):
        expect(each.page.get_by_text("finished", exact=True)).to_be_visible()
        expect(each.output).to_have_text("ready\nspinner -\n")
        row = each.output.locator("> span").first
        assert row.evaluate("row => getComputedStyle(row).display") == "inline"


def test_an_error_leads_to_its_line(ann: Seat, bob: Seat) -> None:
    ann.pastes("x = 1\n\n\n1 / 0\n")
    ann.editor.focus()
    ann.page.keyboard.press("Control+Enter")
    expect(bob.page.get_by_text("error, exit code 1", exact=True)).to_be_visible()
    bob.output.get_by_role("button", name="line 4").click()
    expect(bob.page.get_by_text("Ln 4, Col 1")).to_be_visible()
    expect(bob.editor).to_be_focused()


def test_a_program_reads_its_input(ann: Seat, bob: Seat) -> None:
    ann.types("print('hello', input('who? '))")
    ann.button("Run").click()
    expect(bob.output).to_contain_text("who?")
    ann.textbox("Program input").fill("world")
    ann.page.keyboard.press("Enter")
    for each in (ann, bob):
        expect(each.output).to_contain_text("hello world")
    expect(ann.textbox("Program input")).to_be_hidden()


def test_the_input_takes_the_focus_when_a_program_waits(ann: Seat, bob: Seat) -> None:
    ann.types("print('hello', input('who? '), input('and? '))")
    ann.page.keyboard.press("Control+Enter")
    for each in (ann, bob):
        expect(each.page.get_by_text("waiting for input", exact=True)).to_be_visible()
    expect(ann.textbox("Program input")).to_be_focused()
    expect(bob.textbox("Program input")).to_be_hidden()
    ann.page.keyboard.type("Zoe")
    ann.page.keyboard.press("Enter")
    ann.page.keyboard.type("Max")
    ann.page.keyboard.press("Enter")
    for each in (ann, bob):
        expect(each.output).to_contain_text("hello Zoe Max")
    expect(ann.editor).to_be_focused()


def test_a_waiting_program_takes_no_focus_from_a_typing_person(ann: Seat) -> None:
    ann.pastes("import sys, time\ntime.sleep(1)\nprint(input('who? '))")
    ann.page.keyboard.press("Control+Enter")
    ann.types(" # mine")
    expect(ann.page.get_by_text("waiting for input", exact=True)).to_be_visible()
    expect(ann.editor).to_be_focused()
    ann.textbox("Program input").fill("me")
    ann.page.keyboard.press("Enter")
    expect(ann.output).to_contain_text("me")


def test_a_newcomer_sees_that_a_program_waits(ann: Seat, bob: Seat) -> None:
    ann.pastes("input('who? ')")
    ann.page.keyboard.press("Control+Enter")
    expect(bob.page.get_by_text("waiting for input", exact=True)).to_be_visible()
    bob.page.reload()
    bob.is_in()
    expect(bob.page.get_by_text("waiting for input", exact=True)).to_be_visible()
    ann.button("Stop").click()
    expect(bob.page.get_by_text("stopped", exact=True)).to_be_visible()


def test_a_program_can_be_stopped_by_its_starter_and_the_host(ann: Seat, bob: Seat) -> None:
    ann.combobox("Who may run").select_option(label="Everybody")
    ann.pastes("import time\nprint('on')\ntime.sleep(60)\n")
    bob.sees_code("import time", "print('on')", "time.sleep(60)", "")
    bob.button("Run").click()
    expect(ann.output).to_have_text("on")
    expect(bob.button("Stop")).to_be_visible()
    ann.button("Stop").click()
    expect(bob.page.get_by_text("stopped", exact=True)).to_be_visible()
    expect(bob.button("Run")).to_be_enabled()


def test_a_newcomer_sees_all_output_of_a_run(ann: Seat, bob: Seat) -> None:
    ann.pastes("print('before')\ninput()\nprint('after')\n")
    ann.button("Run").click()
    expect(bob.output).to_have_text("before")
    bob.page.reload()
    bob.is_in()
    expect(bob.output).to_have_text("before")
    ann.textbox("Program input").press("Enter")
    expect(bob.output).to_contain_text("after")


def test_colours_are_shown_and_other_escapes_are_not(ann: Seat) -> None:
    ann.types(r"print('\033[31mred\033[0m \033[?25l\033]0;title\007plain')")
    ann.button("Run").click()
    expect(ann.output).to_have_text("red plain")
    expect(ann.output.locator(".ansi-fg-1")).to_have_text("red")


def test_the_output_is_cleared_for_oneself_alone(ann: Seat, bob: Seat) -> None:
    ann.types("print('seen')")
    ann.button("Run").click()
    expect(bob.output).to_have_text("seen")
    ann.button("Clear output").click()
    expect(ann.output).to_contain_text("Run the code to see its output")
    expect(bob.output).to_have_text("seen")


def test_a_run_includes_the_latest_edits(ann: Seat) -> None:
    ann.types("print('start')")
    for count in range(5):
        ann.types(f"; print({count})")
        ann.page.keyboard.press("Control+Enter")
        expect(ann.output).to_contain_text(str(count))
        expect(ann.button("Run")).to_be_enabled()


def test_a_server_without_a_sandbox_warns_everybody(seat: TakeSeat, tmp_path: Path) -> None:
    unsafe = ("--run-backend", "limits", "--unsafe-run", "--allow-host", FAR)
    with Server(tmp_path, *unsafe) as server:
        path = f"/editor/{server.create_session()['session_id']}"
        ann = seat("Ann").joins(server.url + path)
        warning = "Programs run here without a sandbox"
        expect(ann.page.get_by_text("Not sandboxed")).to_be_visible()
        expect(ann.page.get_by_text(warning)).to_be_hidden()
        bob = seat("Bob").joins(server.url.replace("127.0.0.1", FAR) + path)
        expect(bob.page.get_by_text(warning)).to_be_visible()
        for each in (ann, bob):
            each.context.close()


def test_an_earlier_run_shows_output_and_changes_since(ann: Seat, bob: Seat) -> None:
    ann.pastes("print('first')\nprint('always')\n")
    ann.button("Run").click()
    expect(ann.page.get_by_text("finished", exact=True)).to_be_visible()
    ann.editor.focus()
    ann.page.keyboard.press("Control+a")
    ann.pastes("print('second')\nprint('always')\n1 / 0\n")
    ann.page.keyboard.press("Control+Enter")
    expect(bob.page.get_by_text("error, exit code 1", exact=True)).to_be_visible()
    bob.button("Earlier runs").click()
    runs = bob.page.get_by_role("list", name="Runs").get_by_role("button")
    told_apart = r"Ann · \d+:\d\d:\d\d\s[AP]M · [\d.]+ m?s$"
    expect(runs).to_have_text(
        [
            re.compile(rf"^error, exit code 1print\('second'\){told_apart}"),
            re.compile(rf"^finishedprint\('first'\){told_apart}"),
        ]
    )
    runs.last.click()
    again = bob.page.get_by_role("region", name="Output of the earlier run")
    expect(again).to_have_text("first always", use_inner_text=True)
    expect(bob.output).to_be_hidden()
    bob.button("Changes since").click()
    lines = bob.dialog("Changes since this run").locator(".diff-line")
    expect(lines).to_have_text(
        ["−print('first')", "+print('second')", " print('always')", "+1 / 0", " "]
    )
    bob.page.keyboard.press("Escape")
    runs.first.click()
    bob.button("Changes since").click()
    expect(bob.dialog("Changes since this run")).to_contain_text("Nothing has changed")
    bob.page.keyboard.press("Escape")
    ann.page.keyboard.press("Control+Enter")
    expect(bob.output).to_be_visible()


def test_only_the_selected_lines_are_run(ann: Seat, bob: Seat) -> None:
    ann.pastes("print('one')\nprint('two')\n1 / 0\n")
    ann.editor.focus()
    for key in ("Control+Home", "ArrowDown", "Shift+ArrowRight", "Control+Shift+Enter"):
        ann.page.keyboard.press(key)
    expect(bob.output).to_have_text("two")
    bob.button("Earlier runs").click()
    run = bob.page.get_by_role("list", name="Runs").get_by_role("button")
    expect(run).to_contain_text("print('two')")
    run.click()
    bob.button("What was run").click()
    expect(bob.dialog("What was run").locator(".diff-line")).to_have_text([" print('two')", " "])


def test_a_queued_run_shows_how_many_come_first(seat: TakeSeat, tmp_path: Path) -> None:
    with Server(tmp_path, "--max-runs", "1", "--run-timeout", "300") as server:
        busy = "import time; time.sleep(600)"
        sessions = [server.create_session(content=busy) for _ in range(3)]
        first = server.person("First").join(sessions[0])
        first.does("run_start")
        first.hears("run_started")
        second = server.person("Second").join(sessions[1])
        second.does("run_start")
        second.hears("run_queued")
        ann = seat("Ann").joins(sessions[2]["host_url"])
        bob = seat("Bob").joins(sessions[2]["editor_url"])
        ann.button("Run").click()
        expect(ann.page.locator("#run-facts")).to_have_text("1 before you")
        expect(bob.page.locator("#run-facts")).to_have_text("1 before this one")
        ann.button("Stop").click()
        expect(bob.page.get_by_text("stopped", exact=True)).to_be_visible()
        for each in (ann, bob):
            each.context.close()


def test_a_language_that_cannot_be_run_here_can_be_written(ann: Seat, bob: Seat) -> None:
    ann.combobox("Language").select_option(value="markdown")
    ann.types("# Title")
    bob.sees_code("# Title")
    expect(ann.button("Run")).to_be_disabled()
    expect(ann.button("Run")).to_have_attribute("title", "This server can’t run this language")
    options = ann.combobox("Language")
    expect(options.locator("> option").first).to_have_text("Python")
    apart = options.locator("optgroup[label='Not run: text and data'] option")
    assert {"Markdown", "HTML", "Plain text"} <= set(apart.all_text_contents())
    expect(options.locator("> option", has_text="Markdown")).to_have_count(0)
