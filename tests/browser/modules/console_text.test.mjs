import assert from "node:assert/strict";
import { test } from "node:test";
import { AnsiStyle, pieces } from "../../../collabpad/static/js/console_text.js";

const plain = (text) =>
    pieces(text, new AnsiStyle())
        .map((piece) => piece.text)
        .join("");

test("colours become classes and end with a reset", () => {
    const found = pieces("a\u001b[31mred\u001b[0mb", new AnsiStyle());
    assert.deepEqual(
        found.map(({ text, classes }) => [text, classes]),
        [
            ["a", []],
            ["red", ["ansi-fg-1"]],
            ["b", []],
        ],
    );
});

test("a colour goes on into the next piece of output", () => {
    const style = new AnsiStyle();
    pieces("\u001b[1;32mgreen", style);
    assert.deepEqual(pieces("still", style)[0].classes, ["ansi-bold", "ansi-fg-2"]);
});

test("256 colours and true colours do not spill their numbers into other codes", () => {
    assert.deepEqual(pieces("\u001b[38;5;1mx", new AnsiStyle())[0].classes, ["ansi-fg-1"]);
    assert.deepEqual(pieces("\u001b[38;2;1;4;31mx", new AnsiStyle())[0].classes, []);
    assert.deepEqual(pieces("\u001b[38;5;200;1mx", new AnsiStyle())[0].classes, ["ansi-bold"]);
});

test("every escape but colours is dropped", () => {
    assert.equal(
        plain("\u001b[2Jclear \u001b[10;5Hmove \u001b]0;title\u0007osc \u001bMindex"),
        "clear move osc index",
    );
});

test("controls do not reach the page, tabs and newlines do", () => {
    assert.equal(plain("a\u0007b\u0000c\td\r\ne\u007f"), "abc\td\ne");
});

test("markup is text like any other", () => {
    assert.equal(plain("<img src=x onerror=alert(1)>"), "<img src=x onerror=alert(1)>");
});

test("a traceback of the program links to its line, one of the library does not", () => {
    const found = pieces(
        '  File "/box/main.py", line 12, in roman\n  File "/usr/lib/python3.11/json/__init__.py", line 3\n',
        new AnsiStyle(),
    );
    assert.deepEqual(
        found.filter((piece) => piece.line !== null).map(({ text, line }) => [text, line]),
        [['File "/box/main.py", line 12', 12]],
    );
});

test("a compiler's place links to its line", () => {
    const found = pieces("/tmp/work/main.js:7\nboom", new AnsiStyle());
    assert.equal(found.find((piece) => piece.line !== null)?.line, 7);
});

test("every character that was printed is shown once", () => {
    const text = 'x File "main.py", line 1 y main.c:3:4: error\n';
    assert.equal(plain(text), text);
});
