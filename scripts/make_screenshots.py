"""Take the pictures of README and docs; see scripts/screenshots.

    python scripts/make_screenshots.py [--output FOLDER]     FOLDER is docs/images unless told

Three people pair on a kata: Ann at a light desk, Bob at a dark one, Chloé with a phone.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, expect, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tests.browser.chromium import launch_options  # noqa: E402
from tests.browser.seat import Seat  # noqa: E402
from tests.harness import Server  # noqa: E402

DESK: dict[str, Any] = {"viewport": {"width": 1280, "height": 800}}
PHONE: dict[str, Any] = {
    "viewport": {"width": 360, "height": 740},
    "device_scale_factor": 2,
    "has_touch": True,
    "is_mobile": True,
}
# What the links in the picture show; nothing is sent there.
PUBLIC = ("--public-url", "http://192.168.1.20:5000")

CODE = """\
# I V X L C D M, subtractive pairs first
PAIRS = [(1000, "M"), (900, "CM"), (500, "D"), (400, "CD")]


def roman(n: int) -> str:
    out = ""
    for value, sign in PAIRS:
        while n >= value:
            out, n = out + sign, n - value
    return out


print("1949 is", roman(1949))
assert roman(1949) == "MCMXLIX", "MCMXLIX expected"
"""


def take(seat: Seat, folder: Path, name: str) -> None:
    seat.page.screenshot(path=folder / f"{name}.png", animations="allow")
    print(folder / f"{name}.png")


def pair(browser: Browser, server: Server, folder: Path) -> None:
    """The story, with a picture wherever there is something to see."""
    ann = Seat(browser.new_context(base_url=server.url, color_scheme="light", **DESK), "Ann")
    bob = Seat(browser.new_context(base_url=server.url, color_scheme="dark", **DESK), "Bob")
    chloe = Seat(browser.new_context(base_url=server.url, color_scheme="light", **PHONE), "Chloé")
    come_together(ann, bob, chloe, folder)
    bob.opens_chat().says("shouldn’t PAIRS go on below 400?")
    ann.opens_chat().says("yes, let’s see what the test says")
    ann.button("Run").click()
    expect(bob.output).to_contain_text("MCMXLIX expected")
    chloe.button("Ask for the pen").click()
    expect(ann.button("Give it to Chloé")).to_be_visible()
    bob.page.locator(".cm-line", has_text="for value").click()
    bob.page.keyboard.press("End")
    bob.page.keyboard.press("Control+Shift+ArrowLeft")
    expect(ann.page.locator(".remote-caret[data-name=Bob]")).to_be_visible()
    ann.page.locator(".cm-line", has_text="400").click()
    ann.page.keyboard.press("End")
    expect(bob.page.locator(".remote-caret[data-name=Ann]")).to_be_visible()
    take(ann, folder, "editor")
    take(bob, folder, "editor-dark")
    ann.button("Give it to Chloé").click()
    chloe.sees_pen("You have the pen")
    chloe.button("Output, new").click()
    expect(chloe.output).to_contain_text("MCMXLIX expected")
    take(chloe, folder, "phone")
    work_as_one(ann, bob, chloe, folder)
    look_around(bob, folder)
    ann.button("Share").click()
    image = ann.page.get_by_role("img", name="QR code of the join link")
    image.evaluate("image => image.decode()")
    take(ann, folder, "share")


def come_together(ann: Seat, bob: Seat, chloe: Seat, folder: Path) -> None:
    """Ann opens a session with some code in it, the others join."""
    ann.opens("/")
    take(ann, folder, "home")
    ann.button("New session").click()
    ann.gives_name()
    ann.textbox("Session title").fill("Kata: roman numerals")
    ann.page.keyboard.press("Enter")
    expect(ann.page).to_have_title("✎ Kata: roman numerals · collabpad")
    ann.editor.focus()
    ann.page.keyboard.press("Control+a")
    ann.pastes(CODE)
    bob.opens(ann.page.url)
    bob.textbox("Your name").fill("Bob")
    take(bob, folder, "join")
    bob.gives_name()
    chloe.joins(ann.page.url)


def work_as_one(ann: Seat, bob: Seat, chloe: Seat, folder: Path) -> None:
    """Turns with the pen; Bob follows Chloé, and Ann points."""
    ann.combobox("Rotation").select_option(label="Every 5 minutes")
    bob.button("Minimise").click()
    chloe.page.locator(".cm-line", has_text="assert").tap()
    expect(bob.page.locator(".remote-caret[data-name=Chloé]")).to_have_count(1)
    bob.button("Follow Chloé").click()
    expect(bob.page.locator(".remote-caret[data-name=Chloé]")).to_be_visible()
    ann.page.locator(".cm-line", has_text="while n").click()
    ann.page.keyboard.press("Home")
    ann.page.keyboard.press("Shift+End")
    ann.page.keyboard.press("Alt+p")
    expect(bob.page.locator(".pointed")).to_be_visible()
    take(bob, folder, "together")
    ann.combobox("Rotation").select_option(label="Off")


def look_around(bob: Seat, folder: Path) -> None:
    """What each keeps for themselves, at a dark desk."""
    bob.page.keyboard.press("Escape")
    bob.page.keyboard.press("F1")
    bob.combobox("Command").fill("line")
    take(bob, folder, "palette")
    bob.combobox("Command").fill("preferences")
    bob.page.keyboard.press("Enter")
    expect(bob.dialog("Preferences")).to_be_visible()
    take(bob, folder, "preferences")
    bob.page.keyboard.press("Escape")
    bob.button("Earlier runs").click()
    bob.page.get_by_role("list", name="Runs").get_by_role("button").first.click()
    expect(bob.page.get_by_role("region", name="Output of the earlier run")).not_to_be_empty()
    take(bob, folder, "history")


def main() -> None:
    parser = argparse.ArgumentParser(description="Take the pictures of README and docs.")
    parser.add_argument("--output", type=Path, default=ROOT / "docs" / "images")
    folder: Path = parser.parse_args().output
    folder.mkdir(parents=True, exist_ok=True)
    options = launch_options()
    if options is None:
        sys.exit("The pictures need Chromium; install it and try again.")
    with (
        tempfile.TemporaryDirectory() as place,
        Server(Path(place), *PUBLIC) as server,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(**options)
        pair(browser, server, folder)
        browser.close()


if __name__ == "__main__":
    main()
