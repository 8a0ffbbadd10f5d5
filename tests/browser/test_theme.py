"""The page's colours: chosen, stored, readable, and distinguishable for everybody."""

from __future__ import annotations

import itertools
import math

import pytest
from playwright.sync_api import Page, expect

from collabpad.sessions.roster import COLORS
from tests.browser.conftest import TakeSeat
from tests.browser.seat import Seat

Color = tuple[float, float, float]
"""Linear light, red, green, blue."""

THEMES = list(itertools.product(("light", "dark"), ("usual", "more")))
PEOPLE = [f"--p{number}" for number in range(1, 9)]
GROUNDS = ["--ground", "--panel", "--sunk", "--code-ground", "--warn-soft"]
INKS = ["--ink", "--ink-2", "--ink-3", "--accent", "--warn", "--bad", "--good"]
CODE = ["--kw", "--str", "--num", "--fn", "--attr", "--com", "--code-gutter"]
PAIRS = [("--accent-ink", "--accent"), ("--run-ink", "--run"), ("--bad-ink", "--bad")]
READ = """(names) => {
  const context = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const style = getComputedStyle(document.documentElement);
  return names.map((name) => {
    context.fillStyle = "#fff";
    context.fillRect(0, 0, 1, 1);
    context.fillStyle = style.getPropertyValue(name).trim();
    context.fillRect(0, 0, 1, 1);
    return [...context.getImageData(0, 0, 1, 1).data].slice(0, 3);
  });
}"""

# Who lacks one kind of cone sees these: Machado, Oliveira and Fernandes 2009, severity 1.
SIGHTS: dict[str, tuple[Color, Color, Color]] = {
    "all cones": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    "no red": (
        (0.152286, 1.052583, -0.204868),
        (0.114503, 0.786281, 0.099216),
        (-0.003882, -0.048116, 1.051998),
    ),
    "no green": (
        (0.367322, 0.860646, -0.227968),
        (0.280085, 0.672501, 0.047413),
        (-0.011820, 0.042940, 0.968881),
    ),
    "no blue": (
        (1.255528, -0.076749, -0.178779),
        (-0.078411, 0.930809, 0.147602),
        (0.004733, 0.691367, 0.303900),
    ),
}
TOLD_APART = 0.07
"""Distance in OKLab; just seen side by side is 0.02."""


def linear(channel: float) -> float:
    share = channel / 255
    return share / 12.92 if share <= 0.04045 else float(((share + 0.055) / 1.055) ** 2.4)


def contrast(a: Color, b: Color) -> float:
    """WCAG 2's."""
    light, dark = sorted(
        (0.2126 * color[0] + 0.7152 * color[1] + 0.0722 * color[2] for color in (a, b)),
        reverse=True,
    )
    return (light + 0.05) / (dark + 0.05)


def seen(color: Color, sight: tuple[Color, Color, Color]) -> Color:
    red, green, blue = (
        min(1.0, max(0.0, sum(f * c for f, c in zip(row, color, strict=True)))) for row in sight
    )
    return red, green, blue


def oklab(color: Color) -> Color:
    red, green, blue = color
    long = (0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue) ** (1 / 3)
    middle = (0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue) ** (1 / 3)
    short = (0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue) ** (1 / 3)
    return (
        0.2104542553 * long + 0.7936177850 * middle - 0.0040720468 * short,
        1.9779984951 * long - 2.4285922050 * middle + 0.4505937099 * short,
        0.0259040371 * long + 0.7827717662 * middle - 0.8086757660 * short,
    )


def colors_of(page: Page, theme: str, wish: str) -> dict[str, Color]:
    page.emulate_media(
        color_scheme="dark" if theme == "dark" else "light",
        contrast="more" if wish == "more" else "no-preference",
    )
    root = page.locator("html")
    expect(root).to_have_attribute("data-theme", theme)
    expect(root).to_have_attribute("data-contrast", wish)
    names = [*PEOPLE, *GROUNDS, *INKS, *CODE, *itertools.chain(*PAIRS)]
    read = page.evaluate(READ, names)
    return {
        name: (linear(red), linear(green), linear(blue))
        for name, (red, green, blue) in zip(names, read, strict=True)
    }


def test_text_can_be_read_and_people_told_apart_in_every_theme(seat: TakeSeat) -> None:
    page = seat("Ann").opens("/").page
    for theme, wish in THEMES:
        colors = colors_of(page, theme, wish)
        least = 7 if wish == "more" else 4.5
        pairs = [
            *((ink, ground, least) for ink in INKS for ground in GROUNDS),
            *((ink, "--code-ground", least) for ink in CODE),
            *((ink, ground, 4.5) for ink in PEOPLE for ground in GROUNDS),
            *((ink, ground, 4.5) for ink, ground in PAIRS),
        ]
        for ink, ground, wanted in pairs:
            found = contrast(colors[ink], colors[ground])
            assert found >= wanted, f"{theme}, {wish}: {ink} on {ground} has {found:.2f}"
        for sight, (one, other) in itertools.product(SIGHTS, itertools.combinations(PEOPLE, 2)):
            a, b = (oklab(seen(colors[name], SIGHTS[sight])) for name in (one, other))
            assert math.dist(a, b) >= TOLD_APART, f"{theme}, {sight}: {one} is like {other}"


def test_the_servers_colours_are_those_of_the_light_theme(seat: TakeSeat) -> None:
    page = seat("Ann").opens("/").page
    style = "name => getComputedStyle(document.documentElement).getPropertyValue(name)"
    assert [page.evaluate(style, name) for name in PEOPLE] == list(COLORS)


def choose(seat: Seat, theme: str) -> None:
    seat.page.keyboard.press("Control+,")
    seat.combobox("Theme").select_option(label=theme)
    seat.page.keyboard.press("Escape")


def test_a_chosen_theme_holds_on_every_page_before_it_is_painted(
    seat: TakeSeat, session: dict[str, str]
) -> None:
    ann = seat("Ann", color_scheme="light").opens("/")
    home = ann.page.locator("html")
    expect(home).to_have_attribute("data-theme", "light")
    ann.second_tab().joins(session["editor_url"])
    editor = ann.page.locator("html")
    choose(ann, "High contrast")
    expect(editor).to_have_attribute("data-contrast", "more")
    choose(ann, "Dark")
    expect(editor).to_have_attribute("data-contrast", "usual")
    expect(editor).to_have_attribute("data-theme", "dark")
    expect(home).to_have_attribute("data-theme", "dark")
    choose(ann, "Same as system")
    expect(home).to_have_attribute("data-theme", "light")
    choose(ann, "Dark")
    # Without the page's modules nothing but the head's script can have done it.
    ann.page.route("**/js/editor.js", lambda route: route.abort())
    ann.expects_complaint("ERR_FAILED").page.reload()
    expect(editor).to_have_attribute("data-theme", "dark")


def test_reduced_motion_is_respected(seat: TakeSeat, session: dict[str, str]) -> None:
    ann = seat("Ann", reduced_motion="reduce").joins(session["host_url"])
    separator = ann.page.get_by_role("separator", name="Width of the people")
    separator.hover()
    ann.types("x")  # the editor's caret would blink
    running = "() => document.getAnimations().filter((each) => each.playState === 'running').length"
    assert ann.page.evaluate(running) == 0


@pytest.mark.parametrize("missing", ["delete Object.hasOwn", "delete window.HTMLDialogElement"])
def test_an_old_browser_is_told_so(seat: TakeSeat, session: dict[str, str], missing: str) -> None:
    ann = seat("Ann")
    ann.page.add_init_script(missing)
    ann.page.route("**/js/*or.js", lambda route: route.abort())
    ann.expects_complaint("ERR_FAILED").opens(session["editor_url"])
    expect(ann.page.get_by_text("This browser is too old for collabpad.")).to_be_visible()
    expect(ann.page.get_by_role("main")).to_be_hidden()
