import assert from "node:assert/strict";
import { test } from "node:test";
import { DurableUndoManager } from "../../../collabpad/static/js/durable_undo.js";
import { Y } from "../../../collabpad/static/vendor/editor.js";

/** A page's text with what is needed to edit and undo there; each edit is a step. */
class Page {
  constructor(update, before = null) {
    this.doc = new Y.Doc();
    if (update) Y.applyUpdate(this.doc, update);
    this.shared = this.doc.getText("content");
    this.undo = new DurableUndoManager(this.shared, before);
  }

  get text() {
    return this.shared.toString();
  }

  get update() {
    return Y.encodeStateAsUpdate(this.doc);
  }

  writes(at, text) {
    this.undo.stopCapturing();
    this.shared.insert(at, text);
    return this;
  }

  deletes(at, length) {
    this.undo.stopCapturing();
    this.shared.delete(at, length);
    return this;
  }

  takes(update) {
    Y.applyUpdate(this.doc, update, "others");
    return this;
  }

  /** All the texts that undoing shows, one step after the other. */
  undone() {
    const texts = [];
    while (this.undo.undo()) texts.push(this.text);
    return texts;
  }

  redone() {
    const texts = [];
    while (this.undo.redo()) texts.push(this.text);
    return texts;
  }
}

/** As the server has it: what was deleted is forgotten there. */
function stored(update, change = () => undefined) {
  const doc = new Y.Doc();
  Y.applyUpdate(doc, update);
  doc.transact(() => change(doc.getText("content")));
  return Y.encodeStateAsUpdate(doc);
}

test("in a new document the steps of before are undone, and done again", () => {
  const old = new Page().writes(0, "one\n").writes(4, "two\n").deletes(0, 3).writes(0, "😀");
  const anew = new Page(stored(old.update), old.undo);
  assert.equal(anew.text, "😀\ntwo\n");
  assert.deepEqual(anew.undone(), ["\ntwo\n", "one\ntwo\n", "one\n", ""]);
  assert.deepEqual(anew.redone(), ["one\n", "one\ntwo\n", "\ntwo\n", "😀\ntwo\n"]);
  assert.deepEqual(anew.undone(), ["\ntwo\n", "one\ntwo\n", "one\n", ""]);
});

test("what is written in the new document is undone first", () => {
  const old = new Page().writes(0, "old");
  const anew = new Page(stored(old.update), old.undo).writes(3, " new");
  assert.deepEqual(anew.undone(), ["old", ""]);
});

test("where the texts differed, steps beside the difference keep their place", () => {
  const old = new Page().writes(0, "a\nb\nc\nd\n").writes(1, "1").writes(4, "2").writes(7, "3");
  assert.equal(old.text, "a1\nb2\nc3\nd\n");
  const server = stored(old.update, (text) => {
    text.delete(0, 1);
    text.insert(0, "😀");
    text.insert(text.length - 1, "!");
  });
  const anew = new Page(server, old.undo);
  assert.equal(anew.text, "😀1\nb2\nc3\nd!\n");
  assert.deepEqual(anew.undone().slice(0, 3), [
    "😀1\nb2\nc\nd!\n",
    "😀1\nb\nc\nd!\n",
    "😀\nb\nc\nd!\n",
  ]);
});

test("others' edits since move the steps along", () => {
  const old = new Page().writes(0, "mine\n").writes(5, "too\n");
  const anew = new Page(stored(old.update), old.undo);
  anew.takes(stored(anew.update, (text) => text.insert(0, "theirs\n")));
  assert.deepEqual(anew.undone(), ["theirs\nmine\n", "theirs\n"]);
});

test("what the server never had is not taken back from its text", () => {
  const old = new Page().writes(0, "taken\n");
  const server = stored(old.update);
  old.deletes(0, 6).writes(0, "refused");
  const anew = new Page(server, old.undo);
  assert.equal(anew.text, "taken\n");
  assert.deepEqual(anew.undone(), [""]);
});

test("a second new document inherits what the first one had", () => {
  const old = new Page().writes(0, "one ").writes(4, "two ");
  const second = new Page(stored(old.update), old.undo).writes(8, "three ");
  second.takes(stored(second.update, (text) => text.insert(0, "> ")));
  const third = new Page(stored(second.update), second.undo);
  assert.deepEqual(third.undone(), ["> one two ", "> one ", "> "]);
});

test("a text that ends without a line break", () => {
  for (const [mine, server] of [
    ["a\nb", "a"],
    ["a", "a\nb"],
    ["a\nb\n", "a\nb"],
    ["", "x"],
    ["x", ""],
    ["a\nb", "a\nc\n"],
  ]) {
    const old = new Page().writes(0, mine);
    const anew = new Page(
      stored(old.update, (text) => {
        text.delete(0, text.length);
        text.insert(0, server);
      }),
      old.undo,
    );
    assert.equal(anew.text, server);
    anew.undone();
  }
});

/** @param {number} seed */
function chanceOf(seed) {
  let state = seed;
  return (/** @type {number} */ below) => {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0;
    return (state >>> 8) % below;
  };
}

function editsAtRandom(page, chance, edits) {
  for (let count = 0; count < edits; count += 1) {
    const length = page.text.length;
    if (length > 0 && chance(3) === 0) {
      const at = chance(length);
      page.deletes(at, 1 + chance(Math.min(4, length - at)));
    } else page.writes(chance(length + 1), ["x", "yz\n", "\n", "word"][chance(4)]);
  }
}

test("however the texts differ, undo and redo lose nothing of others", () => {
  for (let seed = 1; seed <= 200; seed += 1) {
    const chance = chanceOf(seed);
    const old = new Page();
    editsAtRandom(old, chance, 8);
    const server = stored(old.update, (text) => {
      for (let count = 0; count < 3; count += 1) {
        const at = chance(text.length + 1);
        text.delete(at, Math.min(chance(4), text.length - at));
        text.insert(at, ["Q", "QQ\n", ""][chance(3)]);
      }
    });
    const anew = new Page(server, old.undo).writes(0, "x");
    const others = (text) => text.replaceAll(/[^Q]/g, "");
    const wanted = others(anew.text);
    for (const text of [...anew.undone(), ...anew.redone()]) {
      assert.equal(others(text), wanted, `seed ${seed}`);
    }
  }
});

test("whatever was written, undo shows the same as it did in the document of before", () => {
  for (let seed = 1; seed <= 150; seed += 1) {
    const chance = chanceOf(seed);
    const old = new Page();
    editsAtRandom(old, chance, 12);
    if (chance(2)) old.takes(stored(old.update, (text) => text.insert(0, "others\n")));
    editsAtRandom(old, chance, 4);
    const anew = new Page(stored(old.update), old.undo);
    const again = new Page(stored(anew.update), anew.undo);
    const wanted = old.undone();
    assert.deepEqual(anew.undone(), wanted, `seed ${seed}`);
    assert.deepEqual(again.undone(), wanted, `seed ${seed}`);
  }
});
