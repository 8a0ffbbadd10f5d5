import assert from "node:assert/strict";
import { test } from "node:test";
import { diffLines, foldSame } from "../../../collabpad/static/js/line_diff.js";

const MARKS = { same: " ", removed: "-", added: "+" };
const drawn = (before, after) =>
    diffLines(before, after).map(({ kind, text }) => MARKS[kind] + text);

/** What stands there when only the lines of these kinds are read. */
function read(diff, ...kinds) {
    return diff
        .filter(({ kind }) => kinds.includes(kind))
        .map(({ text }) => text)
        .join("\n");
}

test("equal texts have only lines that are the same", () => {
    assert.deepEqual(drawn("a\nb", "a\nb"), [" a", " b"]);
});

test("a changed line is taken out and put in", () => {
    assert.deepEqual(drawn("a\nb\nc", "a\nB\nc"), [" a", "-b", "+B", " c"]);
});

test("lines put in and taken out at both ends are found", () => {
    assert.deepEqual(drawn("b\nc\nd", "a\nb\nc"), ["+a", " b", " c", "-d"]);
});

test("the fewest changes are shown", () => {
    const diff = diffLines("a\nb\nc\na\nb\nb\na", "c\nb\na\nb\na\nc");
    assert.equal(diff.filter(({ kind }) => kind !== "same").length, 5);
});

test("both texts can be read out of any difference", () => {
    let seed = 7;
    const chance = (count) => {
        seed = (seed * 1103515245 + 12345) % 2147483648;
        return seed % count;
    };
    const text = () => Array.from({ length: chance(12) }, () => "abc"[chance(3)]).join("\n");
    for (let round = 0; round < 2000; round += 1) {
        const [before, after] = [text(), text()];
        const diff = diffLines(before, after);
        assert.equal(read(diff, "same", "removed"), before);
        assert.equal(read(diff, "same", "added"), after);
    }
});

test("texts with nothing in common are quick, however long", () => {
    const [before, after] = ["a", "b"].map((word) =>
        Array.from({ length: 30_000 }, (_, line) => `${word}${line}`).join("\n"),
    );
    const diff = diffLines(before, after);
    assert.equal(read(diff, "removed"), before);
    assert.equal(read(diff, "added"), after);
});

test("long stretches without a change are folded", () => {
    const before = Array.from({ length: 20 }, (_, line) => `${line}`);
    const after = [...before];
    after[10] = "ten";
    const shown = foldSame(diffLines(before.join("\n"), after.join("\n")), 1);
    assert.deepEqual(shown, [
        { kind: "skipped", count: 9 },
        { kind: "same", text: "9" },
        { kind: "removed", text: "10" },
        { kind: "added", text: "ten" },
        { kind: "same", text: "11" },
        { kind: "skipped", count: 8 },
    ]);
});
