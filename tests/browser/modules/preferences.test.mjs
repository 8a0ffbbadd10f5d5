import assert from "node:assert/strict";
import { test } from "node:test";
import { indentOf } from "../../../collabpad/static/js/languages.js";
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

test("a step in is what the language wants, or what the person wants", () => {
    assert.deepEqual(indentOf("python", 0), { unit: "    ", columns: 4 });
    assert.deepEqual(indentOf("python", 2), { unit: "  ", columns: 2 });
    assert.deepEqual(indentOf("go", 8), { unit: "\t", columns: 8 });
    assert.deepEqual(indentOf("nothing-known", 0), { unit: "  ", columns: 4 });
});
