import assert from "node:assert/strict";
import { test } from "node:test";
import { detectIndentation } from "../../../collabpad/static/js/indentation.js";
import { PLAIN_TEXT, indentOf } from "../../../collabpad/static/js/languages.js";
import { DEFAULTS, Preferences, sanitized } from "../../../collabpad/static/js/preferences.js";

test("whatever storage holds, the choices are ones that there are", () => {
    for (const kept of [null, undefined, 7, "vim", [], { fontSize: NaN }, { keys: "emacs" }]) {
        assert.deepEqual(sanitized(kept), DEFAULTS);
    }
    const odd = { wrap: 1, fontSize: 1e9, tabSize: 4, keys: "vim", colour: "red" };
    const kept = { ...DEFAULTS, fontSize: 40, tabSize: 4, keys: "vim" };
    assert.deepEqual(sanitized(odd), kept);
    assert.equal(sanitized({ fontSize: -3 }).fontSize, 9);
});

test("a choice is kept, told, and there again at the next start", () => {
    const store = { preferences: null };
    const preferences = new Preferences(store);
    const told = [];
    preferences.on("change", ({ fontSize, wrap }) => told.push([fontSize, wrap]));
    preferences.choose({ wrap: true });
    preferences.resizeFont(2);
    assert.deepEqual(told, [
        [14, true],
        [16, true],
    ]);
    assert.equal(new Preferences(store).choices.fontSize, 16);
});

const languages = { python: { mode: "python", indent: 4 }, go: { mode: "go", indent: 0 } };

test("a step in is what the language wants, or what the person wants", () => {
    const wish = (tabSize, indentation = "detect") => ({ tabSize, indentation });
    const python = (...wanted) => indentOf(languages.python, wish(...wanted), null).unit;
    assert.equal(python(0), "    ");
    assert.equal(python(2), "  ");
    assert.equal(python(0, "tabs"), "\t");
    assert.equal(indentOf(languages.go, wish(0, "spaces"), null).unit, "    ");
    assert.deepEqual(indentOf(languages.go, wish(8), null), { unit: "\t", columns: 8, typed: false });
    assert.deepEqual(indentOf(PLAIN_TEXT, wish(0), null), { unit: "\t", columns: 4, typed: true });
});

test("a text stays indented as it is, whatever its language wants", () => {
    const unit = (id, detected, indentation = "detect") =>
        indentOf(languages[id], { tabSize: 0, indentation }, detected).unit;
    assert.equal(unit("python", "\t"), "\t");
    assert.equal(unit("go", "  "), "  ");
    assert.equal(unit("python", "\t", "spaces"), "    ", "but a choice is a choice");
});

test("how a text is indented is seen by its lines", () => {
    const detect = (text) => detectIndentation(text.split("\n"));
    assert.equal(detect(""), null);
    assert.equal(detect("a\nb\n\n"), null);
    assert.equal(detect("all:\n\tcc x.c\n"), "\t");
    assert.equal(detect("if a:\n  b\n  c\nif d:\n  e\n    f\n"), "  ");
    assert.equal(detect("if a:\n    b\n    if c:\n        d\n"), "    ");
    assert.equal(detect("x\n /*\n  * a comment\n  */\n\ty\n\tz\n\tw\n"), "\t");
    assert.equal(detect("a\n\tb\n\tc\n  d\n"), "\t", "most lines");
    assert.equal(detect("x\n         y\n"), null, "nine spaces are no step");
});
