"""How quick the page feels: `python bench/page.py [runs]`, with Chromium installed.

Loading: from the click on a link until one can write, by somebody whose name is known and whose
browser has nothing of the page; on this machine, and over 20 Mbit/s of Wi-Fi on a
processor a quarter as fast. Typing: from a key in one page until the text is in another.
Smoothness: the pauses between two frames of a page that scrolls while three others type, in a short
document and in one of 20,000 lines.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from playwright.sync_api import Browser, Page, sync_playwright  # noqa: E402

from tests.browser.chromium import launch_options  # noqa: E402
from tests.harness import Person, Server, eventually  # noqa: E402

WATCH_LOADING = """
new MutationObserver(() => {
  const connection = document.getElementById("connection");
  if (!window.interactive && connection?.textContent === "Saved") {
    window.interactive = performance.now();
  }
}).observe(document, { childList: true, subtree: true, characterData: true });
"""
WATCH_TYPING = """
window.now = () => performance.timeOrigin + performance.now();
window.typed = [];
window.shown = [];
addEventListener("beforeinput", () => window.typed.push(window.now()), true);
new MutationObserver(() => {
  const { length } = document.querySelector(".cm-line").textContent;
  while (window.shown.length < length) window.shown.push(window.now());
}).observe(document.getElementById("code"), {
  childList: true,
  subtree: true,
  characterData: true,
});
"""
SCROLL = """async (milliseconds) => {
  const scroller = document.querySelector(".cm-scroller");
  const pauses = [];
  const end = performance.now() + milliseconds;
  let last = await new Promise(requestAnimationFrame);
  while (last < end) {
    scroller.scrollTop += 60;
    const next = await new Promise(requestAnimationFrame);
    pauses.push(next - last);
    last = next;
  }
  return pauses;
}"""
SLOW_NETWORK = {
    "offline": False,
    "latency": 5,
    "downloadThroughput": 20e6 / 8,
    "uploadThroughput": 20e6 / 8,
}
KEYS = 100
LONG = 20_000  # lines
SCROLLING = 4_000  # milliseconds
KEYS_A_SECOND = 24  # of three who type fast


def enters(page: Page, link: str) -> Page:
    """Come in, for the first time."""
    page.goto(link)
    page.get_by_role("textbox", name="Your name").fill("Ann")
    page.get_by_role("button", name="Join").click()
    page.get_by_role("status", name="Connection").get_by_text("Saved").wait_for()
    return page


def load(browser: Browser, server: Server, *, slow: bool) -> tuple[float, int]:
    """Milliseconds until one can write, and bytes over the wire."""
    context = browser.new_context()
    page = enters(context.new_page(), server.create_session()["editor_url"])
    page.add_init_script(WATCH_LOADING)
    tools = context.new_cdp_session(page)
    tools.send("Network.enable")
    tools.send("Network.setCacheDisabled", {"cacheDisabled": True})
    received: list[int] = []
    tools.on(
        "Network.loadingFinished",
        lambda event: received.append(int(event["encodedDataLength"])),
    )
    if slow:
        tools.send("Network.emulateNetworkConditions", SLOW_NETWORK)
        tools.send("Emulation.setCPUThrottlingRate", {"rate": 4})
    page.reload()
    took: float = eventually(lambda: page.evaluate("window.interactive"), "the page")
    context.close()
    return took, sum(received)


def typing(browser: Browser, server: Server) -> list[float]:
    """Milliseconds from each key to its letter in the other page."""
    session = server.create_session(content="\n")  # an empty document shows a hint in its line
    pages = []
    for link in ("host_url", "editor_url"):
        page = browser.new_context().new_page()
        pages.append(enters(page, session[link]))
        page.evaluate(WATCH_TYPING)
    writer, reader = pages
    writer.get_by_role("textbox", name="Code editor").focus()
    writer.keyboard.type("x" * KEYS, delay=30)
    eventually(lambda: len(reader.evaluate("window.shown")) >= KEYS, "all letters")
    typed, shown = writer.evaluate("window.typed"), reader.evaluate("window.shown")
    for page in pages:
        page.context.close()
    return [after - before for before, after in zip(typed, shown, strict=False)]


def scrolling(browser: Browser, server: Server, lines: int) -> list[float]:
    """Milliseconds between the frames of a page that scrolls while three others type."""
    content = "".join(f"line_{number} = compute({number})\n" for number in range(lines))
    session = server.create_session(language="python", content=content, write_mode="open")
    others = [
        Person(server, name, crdt=True).connect().join(session) for name in ("Bob", "Cleo", "Dev")
    ]
    page = enters(browser.new_context().new_page(), session["editor_url"])
    page.evaluate(f"window.pauses = ({SCROLL})({SCROLLING}); undefined")
    for number in range(SCROLLING * KEYS_A_SECOND // 1000):
        time.sleep(1 / KEYS_A_SECOND)
        others[number % 3].send("doc_update", update=others[number % 3].edit("x"))
    pauses: list[float] = page.evaluate("window.pauses")
    page.context.close()
    for other in others:
        other.goes()
    return pauses


def row(name: str, values: Sequence[float], base: float | None = None) -> None:
    ordered = sorted(values)
    median, most = statistics.median(ordered), ordered[int(len(ordered) * 0.95)]
    ratio = "" if base is None else f"{median / base:>8.1f}"
    print(f"{name:<44}{median:>10.1f}{most:>10.1f}{ratio}")


def main(runs: int) -> None:
    options: Any = launch_options()
    if options is None:
        sys.exit("Chromium is not installed.")
    with (
        tempfile.TemporaryDirectory() as folder,
        Server(Path(folder), "--no-rate-limits") as server,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(**options)
        near, far = [], []
        for _ in range(runs):
            near.append(load(browser, server, slow=False))
            far.append(load(browser, server, slow=True))
        print(f"{'':<44}{'median ms':>10}{'95 %':>10}{'ratio':>8}")
        base = statistics.median(took for took, _ in near)
        row("until one can write, this machine", [took for took, _ in near], base)
        row("until one can write, 20 Mbit/s, CPU ÷ 4", [took for took, _ in far], base)
        row("a key until it is in another page", typing(browser, server))
        short = scrolling(browser, server, 50)
        row("between frames, 50 lines, three type", short, statistics.median(short))
        long = scrolling(browser, server, LONG)
        row(f"between frames, {LONG} lines, three type", long, statistics.median(short))
        print(f"received: {statistics.median(size for _, size in near) / 1000:.0f} kB")
        browser.close()


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 5)
