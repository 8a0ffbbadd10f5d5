import assert from "node:assert/strict";
import { test } from "node:test";
import { formatTime } from "../../../collabpad/static/js/dom.js";
import { smallestChange } from "../../../collabpad/static/js/text_change.js";
import { crc32 } from "../../../collabpad/static/js/doc_compare.js";
import { fileName } from "../../../collabpad/static/js/languages.js";
import { colorClass, initials } from "../../../collabpad/static/js/colors.js";

const apply = (text, { from, to, insert }) => text.slice(0, from) + insert + text.slice(to);

test("the smallest change leads from one text to the other", () => {
    const texts = [
        "",
        "a",
        "aa",
        "aaa",
        "abc",
        "abXc",
        "abca",
        "line\nline\n",
        "line\n",
        "🙂a🙃",
        "🙂",
    ];
    for (const from of texts) {
        for (const to of texts) assert.equal(apply(from, smallestChange(from, to)), to);
    }
    assert.deepEqual(smallestChange("hello world", "hello, world"), {
        from: 5,
        to: 5,
        insert: ",",
    });
});

test("a download's name suits every file system", () => {
    assert.equal(fileName("Kata: roman numerals", { endings: [".py"] }), "Kata-roman-numerals.py");
    assert.equal(fileName("../../etc/passwd", { endings: [".sh"] }), "etc-passwd.sh");
    assert.equal(fileName("🙂", { endings: [".txt"] }), "collabpad.txt");
    assert.equal(fileName("Übung ß", { endings: [".go"] }), "Übung-ß.go");
    assert.equal(fileName("kata.py", { endings: [".py"] }), "kata.py");
    assert.equal(fileName("KATA.PY", { endings: [".py"] }), "KATA.PY");
    assert.equal(fileName("kata.py", { endings: [".go"] }), "kata.py.go");
    assert.equal(fileName(".py", { endings: [".py"] }), "py.py");
});

test("each of the server's colours has its class, any other one too", () => {
    assert.equal(colorClass("#1F5FBF"), "p1");
    assert.equal(colorClass("#520676"), "p8");
    assert.match(colorClass("red; background: url(x)"), /^p[1-8]$/);
});

test("initials are whole characters", () => {
    assert.equal(initials("ann"), "A");
    assert.equal(initials("Chloé Dupont Martin"), "CD");
    assert.equal(initials("🙂 smile"), "🙂S");
});

test("the checksum is zlib's", () => {
    assert.equal(crc32(""), 0);
    assert.equal(crc32("123456789"), 0xcbf43926);
    assert.equal(crc32("héllo"), 2654700086);
});

test("a time has its day where that is not today, and its year where that is not this one", () => {
    const at = new Date(2026, 4, 7, 9, 5);
    const time = at.toLocaleTimeString([], { timeStyle: "short" });
    assert.equal(formatTime(at, new Date(2026, 4, 7, 23, 59).getTime()), time);
    const sameYear = formatTime(at, new Date(2026, 4, 8, 0, 1).getTime());
    assert(sameYear.endsWith(`, ${time}`) && sameYear.includes("7"), sameYear);
    assert(!sameYear.includes("2026"), sameYear);
    assert.match(formatTime(at, new Date(2027, 0, 1).getTime()), /2026/);
    assert.equal(formatTime("never"), "");
});
