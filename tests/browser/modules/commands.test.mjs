import assert from "node:assert/strict";
import { test } from "node:test";
import { ASSISTANCE_KEYS } from "../../../collabpad/static/js/assistance.js";
import { BASE_KEYS } from "../../../collabpad/static/js/base_extensions.js";
import { isEnabled, pageCommands } from "../../../collabpad/static/js/commands.js";
import { filter, match } from "../../../collabpad/static/js/fuzzy.js";
import { isKey, keyHere, keyText, typesText } from "../../../collabpad/static/js/keys.js";
import { strings } from "../../../collabpad/static/js/strings.js";
import { VSCODE_KEYS } from "../../../collabpad/static/js/vscode_keys.js";
import { yUndoManagerKeymap } from "../../../collabpad/static/vendor/editor.js";

const cy = { id: "3", name: "Cy" };
function pageWith({ readOnly = false } = {}) {
    const asked = [];
    return {
        asked,
        state: {
            people: [{ id: "2", name: "Bo" }, cy],
            others: [cy],
            mayGivePenTo: (person) => person === cy,
        },
        awareness: {
            follow: (id) => asked.push(["follow", id]),
            goTo: (id) => asked.push(["goTo", id]),
        },
        actions: { request: (...event) => asked.push(event) },
        pen: { choices: [{ label: "Give the pen back", onclick: () => asked.push(["back"]) }] },
        editor: { readOnly, selection: { anchor: 0, head: 0 }, marksErrors: false },
    };
}

test("a command's key is the one that does it in the editor", () => {
    const bound = [...BASE_KEYS, ...ASSISTANCE_KEYS, ...yUndoManagerKeymap];
    const inEditor = pageCommands(pageWith()).filter(({ editor }) => editor);
    assert.ok(inEditor.length > 20);
    for (const { id, key, mac, editor } of inEditor) {
        const found = bound.find((binding) => binding.key === key && binding.run === editor);
        assert.ok(found, `${id}: ${key}`);
        assert.equal(mac, found.mac, id);
    }
});

test("each command and each key is there once, and each text belongs to one", () => {
    const commands = pageCommands(pageWith());
    for (const of of ["id", "title", "key"]) {
        const all = commands.map((command) => command[of]).filter((value) => value !== undefined);
        assert.equal(new Set(all).size, all.length, of);
    }
    const ids = new Set(commands.map(({ id }) => id));
    for (const id of Object.keys(strings.commands)) assert.ok(ids.has(id), id);
});

test("what the pen's buttons and the roster offer are commands", () => {
    const page = pageWith();
    const pen = pageCommands(page).filter(({ group }) => group === "pen");
    assert.deepEqual(
        pen.map(({ title }) => title),
        ["Give the pen back", "Give the pen to Cy"],
    );
    for (const { run } of pen) run();
    assert.deepEqual(page.asked, [["back"], ["grant_write", { participant_id: "3" }]]);
});

test("each of the others can be followed and gone to", () => {
    const page = pageWith();
    const named = pageCommands(page).filter(({ title }) => /^(Follow|Go to) Cy$/.test(title));
    for (const { run } of named) run();
    assert.deepEqual(page.asked, [
        ["follow", "3"],
        ["goTo", "3"],
    ]);
});

test("who only reads is offered nothing that writes", () => {
    const find = (page, id) => pageCommands(page).find((command) => command.id === id);
    for (const id of ["undo", "comment", "replace"]) {
        assert.equal(isEnabled(find(pageWith(), id)), true, id);
        assert.equal(isEnabled(find(pageWith({ readOnly: true }), id)), false, id);
    }
    assert.equal(isEnabled(find(pageWith({ readOnly: true }), "find")), true);
});

test("a few letters find what they begin, best first", () => {
    const titles = ["Select all occurrences", "Go to a line", "Fold everything", "Unfold everything"];
    const found = (query) => filter(query, titles, (title) => title);
    assert.deepEqual(found(""), titles);
    assert.deepEqual(found("gtl"), ["Go to a line"]);
    assert.deepEqual(found("FOLD e"), ["Fold everything", "Unfold everything"]);
    assert.deepEqual(found("occurrences"), ["Select all occurrences"]);
    assert.deepEqual(found("xyz"), []);
    assert.deepEqual(match("line", "Move the line up")?.at, [9, 10, 11, 12]);
    assert.deepEqual(match("é", "Éva")?.at, [0]);
});

test("keys are written as people write them", () => {
    assert.equal(keyText("Shift-Mod-k", false), "Ctrl-Shift-K");
    assert.equal(keyText("Alt-A", false), "Shift-Alt-A");
    assert.equal(keyText("Shift-Alt-ArrowDown", false), "Shift-Alt-↓");
    assert.equal(keyText("Mod-k Mod-0", false), "Ctrl-K Ctrl-0");
    assert.equal(keyText("Shift-Mod-k", true), "⇧⌘K");
});

test("a key is what was pressed, no less and no more", () => {
    const press = (key, more = {}) => ({
        ...{ key, code: "", ctrlKey: false, metaKey: false, altKey: false, shiftKey: false },
        ...more,
    });
    assert.ok(isKey(press("P", { ctrlKey: true, shiftKey: true }), "Mod-Shift-p", false));
    assert.ok(isKey(press("p", { metaKey: true, shiftKey: true }), "Mod-Shift-p", true));
    assert.ok(!isKey(press("p", { ctrlKey: true }), "Mod-Shift-p", false));
    assert.ok(!isKey(press("F1", { altKey: true }), "F1", false));
    assert.ok(isKey(press("?", { shiftKey: true }), "?", false));
});

const NO_KEYS = { code: "", ctrlKey: false, metaKey: false, altKey: false, shiftKey: false };

test("shortcuts go by the letter, and by the place where there are no Latin letters", () => {
    const ctrl = (key, code, more = {}) => ({ ...NO_KEYS, key, code, ctrlKey: true, ...more });
    const alt = (key, code) => ({ ...NO_KEYS, key, code, altKey: true });
    for (const [key, code] of [
        ["p", "KeyP"],
        ["p", "KeyR"], // Dvorak: the letter counts
        ["з", "KeyP"], // Russian
        ["π", "KeyP"], // Greek
        ["פ", "KeyP"], // Hebrew
    ]) {
        assert.ok(isKey(ctrl(key, code, { shiftKey: true }), "Mod-Shift-p", false), key);
    }
    assert.ok(isKey(alt("я", "KeyZ"), "Alt-z", false));
    assert.ok(isKey(ctrl("б", "Comma"), "Mod-,", false));
    assert.ok(isKey(ctrl("?", "Digit7"), "Mod-?", false));
    assert.ok(!isKey(alt("w", "KeyZ"), "Alt-z", false), "French: Z is elsewhere");
    assert.ok(!isKey({ ...NO_KEYS, key: "я", code: "KeyZ" }, "z", false), "that is typed");
});

test("no shortcut keeps anybody from typing a character", () => {
    const typed = { Mac: true, "Windows and Linux": false };
    const pages = [...pageCommands(pageWith()), ...BASE_KEYS, ...ASSISTANCE_KEYS, ...VSCODE_KEYS];
    for (const [system, mac] of Object.entries(typed)) {
        for (const binding of pages) {
            const key = keyHere(binding, mac);
            assert.ok(!key || !typesText(key, mac), `${key} on ${system}`);
        }
    }
    assert.ok(typesText("Alt-z", true));
    assert.ok(typesText("Shift-Alt-m", true));
    assert.ok(!typesText("Alt-z", false));
    assert.ok(!typesText("Alt-ArrowUp", true));
    assert.ok(!typesText("Cmd-Alt-[", true));
    assert.ok(typesText("Ctrl-Alt-[", false), "AltGr-8 of a German keyboard");
});

test("on a Mac Option types letters: ż wraps no words", () => {
    const typed = { ...NO_KEYS, key: "ż", code: "KeyZ", altKey: true };
    for (const { key, mac, id } of pageCommands(pageWith())) {
        if (key) assert.ok(!isKey(typed, keyHere({ key, mac }, true), true), id);
    }
});
