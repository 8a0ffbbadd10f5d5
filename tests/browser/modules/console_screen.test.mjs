import assert from "node:assert/strict";
import { test } from "node:test";
import { HEIGHT, Screen, movesCursor } from "../../../collabpad/static/js/console_screen.js";

const text = (rows) =>
    rows
        .map((row) => row.segments.map((each) => each.text).join("") + (row.ended ? "\n" : ""))
        .join("");

/** What is shown after these pieces of output. */
function shown(...written) {
    const screen = new Screen();
    let above = "";
    for (const piece of written) {
        screen.write("stdout", screen.whole("stdout", piece));
        const { cleared, settled } = screen.news();
        above = (cleared ? "" : above) + text(settled);
    }
    return above + text(screen.rows);
}

test("a progress bar stays one line", () => {
    assert.equal(shown("\r 10%", "\r 50%", "\r100%", "\nok\n"), "100%\nok\n");
    assert.equal(shown("long text\rshort"), "shorttext");
    assert.equal(shown("long text\rshort\u001b[K!"), "short!");
    assert.equal(shown("long text\r\u001b[2Kshort"), "short");
});

test("a backspace goes back, and what follows writes over it", () => {
    assert.equal(shown("|", "\b/", "\b-", "\b\\"), "\\");
    assert.equal(shown("abc\b\b\b\b\bx"), "xbc");
    assert.equal(shown("abc\b \b"), "ab ");
});

test("line ends of Windows are line ends", () => {
    assert.equal(shown("a\r\nb\r\n"), "a\nb\n");
    assert.equal(shown("a\r", "\nb"), "a\nb");
});

test("clear empties everything, in each way that there is", () => {
    for (const clear of ["\u001b[H\u001b[2J\u001b[3J", "\u001b[2J\u001b[H", "\u001bc", "\u001b[H\u001b[J"])
        assert.equal(shown("one\ntwo\nthree", clear, "new\n"), "new\n", clear);
});

test("several bars at once are written over from above", () => {
    const frame = (at) => `a ${at}\u001b[K\nb ${at}\u001b[K\n`;
    assert.equal(shown(frame(1), `\u001b[2A${frame(2)}`, `\u001b[2F${frame(3)}`), "a 3\nb 3\n");
});

test("an escape that comes in two pieces is one", () => {
    assert.equal(shown("old\r\u001b", "[", "K", "new"), "new");
});

test("a character outside the basic plane is one", () => {
    assert.equal(shown("😀😀😀\r🎉"), "🎉😀😀");
    assert.equal(shown("a😀\bb"), "ab");
});

test("what is written over keeps its colours beside it", () => {
    const screen = new Screen();
    screen.write("stderr", "\u001b[31mred line\u001b[0m\rRED");
    assert.deepEqual(screen.rows[0].segments, [
        { text: "RED", stream: "stderr", classes: [] },
        { text: " line", stream: "stderr", classes: ["ansi-fg-1"] },
    ]);
});

test("only the last lines can be changed, and the cursor stays among them", () => {
    const lines = Array.from({ length: 100 }, (_, number) => `${number}\n`);
    assert.equal(shown(...lines), lines.join(""));
    const told = shown(...lines, `\u001b[99999Atop`);
    assert.equal(told.split("\n")[101 - HEIGHT], `top`);
    assert.equal(shown("x\u001b[9999By\u001b[9999Cz").split("\n").length, HEIGHT);
});

test("a line without end costs no more with each piece of it", () => {
    const screen = new Screen();
    for (let piece = 0; piece < 500; piece += 1) screen.write("stdout", "x".repeat(500));
    const { settled } = screen.news();
    assert.equal(text([...settled, ...screen.rows]).length, 250_000);
    assert.ok(screen.rows[0].length <= 2000);
});

test("only what needs it goes the slow way", () => {
    for (const moving of ["a\rb", "\b", "\u001b[K", "\u001b[2J", "\u001b[1;1H", "\u001bc"])
        assert.ok(movesCursor(moving), moving);
    for (const plain of ["a\r\nb\t", "\u001b[31mred\u001b[0m", "\u001b]0;title\u0007"])
        assert.ok(!movesCursor(plain), plain);
});

test("whatever comes, in whichever pieces, the same is shown", () => {
    const words = ["a", "bc\n", "\r", "\b", "\u001b[K", "\u001b[A", "\u001b[2C", "😀", "\u001b[1K", "\n"];
    let seed = 7;
    const random = (below) => (seed = (seed * 48271) % 2147483647) % below;
    for (let round = 0; round < 300; round += 1) {
        const all = Array.from({ length: random(40) }, () => words[random(words.length)]).join("");
        const at = random(all.length + 1);
        const half = (from, to) => all.slice(from, to);
        if (/[\ud800-\udbff]$/.test(half(0, at))) continue;
        assert.equal(shown(half(0, at), half(at)), shown(all));
    }
});
