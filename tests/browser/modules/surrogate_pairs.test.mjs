import assert from "node:assert/strict";
import { test } from "node:test";
import { smallestChange, wellFormed } from "../../../collabpad/static/js/text_change.js";
import { touchesPairs, keepPairsWhole } from "../../../collabpad/static/js/surrogate_pairs.js";
import { ChangeSet, EditorState, Text } from "../../../collabpad/static/vendor/editor.js";

const [GRIN, SMILE, CLEF] = ["😀", "😃", "𝄞"];

/** What becomes of a change, of what is selected then, and which parts of the text it replaces. */
function changed(doc, changes, selection) {
  const state = EditorState.create({ doc, extensions: keepPairsWhole() });
  const transaction = state.update({ changes, selection });
  const parts = [];
  transaction.changes.iterChanges((from, to, _fromB, _toB, inserted) =>
    parts.push([doc.slice(from, to), inserted.toString()]),
  );
  const { anchor, head } = transaction.newSelection.main;
  return { text: transaction.newDoc.toString(), parts, anchor, head };
}

test("half of a character goes as a whole", () => {
  for (const at of [1, 2]) {
    const { text, parts } = changed(`a${GRIN}b`, { from: at, to: at + 1 });
    assert.deepEqual([text, parts], ["ab", [[GRIN, ""]]]);
  }
});

test("an input method that changes a candidate replaces the whole of it", () => {
  for (const [one, other] of [
    [GRIN, SMILE],
    ["𠮟", "𠮷"],
    ["🇩", "🇪"],
  ]) {
    const change = { from: 2, to: 3, insert: other[1] };
    const { text, parts, anchor } = changed(`a${one}b`, change, { anchor: 3 });
    assert.deepEqual([text, parts, anchor], [`a${other}b`, [[one, other]], 3]);
  }
});

test("what is typed over half of a character takes the place of the whole", () => {
  const { text, anchor } = changed(`a${GRIN}b`, { from: 1, to: 2, insert: "x" }, { anchor: 2 });
  assert.deepEqual([text, anchor], ["axb", 2]);
});

test("what goes in between two halves goes in after the character", () => {
  const { text, anchor } = changed(`a${GRIN}b`, { from: 2, insert: "xy" }, { anchor: 4 });
  assert.deepEqual([text, anchor], [`a${GRIN}xyb`, 5]);
});

test("of two characters of which one goes, the other stays", () => {
  assert.equal(changed(GRIN + SMILE, { from: 1, to: 3 }).text, SMILE);
  assert.equal(changed(`${GRIN}x${GRIN}`, { from: 1, to: 4 }).text, GRIN);
});

test("halves of two characters do not become a third", () => {
  assert.equal(changed(`${GRIN}x${CLEF}`, { from: 1, to: 4 }).text, "");
});

test("a half that is pasted is shown as broken", () => {
  assert.equal(changed("ab", { from: 1, insert: "x\ud83dy" }).text, "ax\ufffdyb");
  assert.equal(changed("ab", { from: 1, insert: "\ude00" }).text, "a\ufffdb");
});

test("the caret does not come to stand within a character, nor does a selection end there", () => {
  assert.equal(changed(`${GRIN}b`, [], { anchor: 1 }).head, 2);
  const { anchor, head } = changed(`${GRIN}b${SMILE}`, [], { anchor: 4, head: 1 });
  assert.deepEqual([anchor, head], [5, 0]);
});

test("what concerns such characters is known", () => {
  const doc = Text.of([`a${GRIN}b`]);
  const concerns = (change) => touchesPairs(doc, ChangeSet.of(change, doc.length));
  assert.equal(concerns({ from: 0, to: 1 }), false);
  assert.equal(concerns({ from: 0, to: 3 }), true);
  assert.equal(concerns({ from: 0, insert: SMILE }), true);
});

const PIECES = ["a", "\n", "é", "e\u0301", GRIN, SMILE, CLEF, "𠮟", "👩‍👩‍👧", "🇩🇪", "👍🏽", "中"];

test("no change at random cuts a character or leaves half of one", () => {
  let state = 7;
  const chance = (/** @type {number} */ below) => {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0;
    return (state >>> 8) % below;
  };
  const pieces = (/** @type {number} */ most) =>
    Array.from({ length: chance(most) }, () => PIECES[chance(PIECES.length)]).join("");
  const units = (/** @type {string} */ text) => {
    const from = chance(text.length + 1);
    return text.slice(from, from + chance(4));
  };
  for (let count = 0; count < 4000; count += 1) {
    const doc = pieces(8);
    const places = [0, 1, 2, 3].map(() => chance(doc.length + 1)).sort((a, b) => a - b);
    const changes = [
      { from: places[0], to: places[1], insert: units(pieces(4)) },
      { from: places[2], to: places[3], insert: units(pieces(4)) },
    ];
    const { text, parts, anchor, head } = changed(doc, changes, { anchor: 0 });
    const told = JSON.stringify([doc, changes]);
    assert.equal(wellFormed(text), text, told);
    for (const [gone, come] of parts) {
      assert.equal(wellFormed(gone), gone, told);
      assert.equal(wellFormed(come), come, told);
    }
    for (const at of [anchor, head]) assert.equal(wellFormed(text.slice(0, at)), text.slice(0, at));
  }
});

test("the smallest change between two texts cuts none", () => {
  const { from, to, insert } = smallestChange(`a${GRIN}b`, `a${SMILE}b`);
  assert.deepEqual([from, to, insert], [1, 3, SMILE]);
  assert.deepEqual(smallestChange(GRIN, GRIN + GRIN), { from: 2, to: 2, insert: GRIN });
});
