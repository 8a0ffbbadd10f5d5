import assert from "node:assert/strict";
import { test } from "node:test";
import { jsonFaults, pythonFaults } from "../../../collabpad/static/js/syntax_errors.js";
import { isBeingTyped, seen } from "../../../collabpad/static/js/lint_marks.js";
import { EditorState } from "../../../collabpad/static/vendor/editor.js";
import { json } from "../../../collabpad/static/vendor/lang-json.js";
import { python } from "../../../collabpad/static/vendor/lang-python.js";

function faultsOf(language, faults, text) {
    const tree = language().language.parser.parse(text);
    return faults(tree, (from, to) => text.slice(from, to)).map(({ from }) => from);
}
const pythonAt = (text) => faultsOf(python, pythonFaults, text);
const jsonAt = (text) => faultsOf(json, jsonFaults, text);

test("a break of Python's grammar is found where it is", () => {
    assert.deepEqual(pythonAt("x = = 1\n"), [4]);
    assert.deepEqual(pythonAt("if x\n    y\n"), [4]);
    assert.deepEqual(pythonAt("class A\n    pass\n"), [7]);
    assert.deepEqual(pythonAt("def f():\n    yield\n\nx = = 1\n"), [24]);
    assert.deepEqual(pythonAt("with open('x') ad f:\n    pass\n").slice(0, 1), [15]);
    assert.equal(pythonAt("= = =\n".repeat(50)).length, 3);
    assert.deepEqual(pythonAt("print(add(1, 2)\n\nfor i in x:\n    pass\n"), [5]);
    assert.deepEqual(pythonAt("x = {1: [2}\n").slice(0, 1), [8]);
});

test("right Python that the parser does not know is left alone", () => {
    const right = [
        "",
        "def f():\n    x = yield\n    g(lambda: (yield))\n",
        "x = 1. + 24.*3600. if y < 0. or y > 1. else 0.\n",
        "with (open(a) as b, open(c) as d):\n    pass\n",
        "with open(a) as self.b:\n    x = 1\nwith c as (d, e):\n    pass\n",
        "match p:\n    case Point():\n        pass\n    case {'a': str()}:\n        pass\n",
        "match a, b:\n    case 1, 2:\n        pass\n",
        "any(f(a) for a, *_ in rows)\n",
        "def f[T](x: T, /, *, y=1) -> T: ...\ntype A = int\n",
        "async def f():\n    return [i async for i in x if (y := i)]\n",
    ];
    for (const text of right) assert.deepEqual(pythonAt(text), [], text);
});

test("nothing is wrong yet with the line of a word that is being typed", () => {
    const [doc, from] = ["x = 1\ny = [wo", 10];
    const at = (anchor, more) => ({
        state: EditorState.create({ doc, selection: { anchor }, ...more }),
        hasFocus: true,
    });
    assert.equal(isBeingTyped(at(doc.length), { from }), true);
    assert.equal(isBeingTyped(at(doc.length - 2), { from }), false, "behind no letter");
    assert.equal(isBeingTyped(at(1), { from }), false, "in another line");
    assert.equal(isBeingTyped({ ...at(doc.length), hasFocus: false }, { from }), false);
    const reader = at(doc.length, { extensions: [EditorState.readOnly.of(true)] });
    assert.equal(isBeingTyped(reader, { from }), false, "somebody else types");
});

test("of JSON the first fault is told, of an empty document none", () => {
    assert.deepEqual(jsonAt('{"a": [1, 2.5e3, "b", null, true]}'), []);
    assert.deepEqual(jsonAt(" \n"), []);
    assert.deepEqual(jsonAt('{"a": 1,}'), [8]);
    assert.deepEqual(jsonAt('{"a": tru}'), [6]);
    assert.deepEqual(jsonAt("[1 2 3"), [3]);
    assert.deepEqual(jsonAt("{} x"), [3]);
});

test("what is missing is marked at the word beside it, however far that is and however long", () => {
    const markAt = (doc, at) => seen(EditorState.create({ doc }), { from: at, to: at });
    assert.deepEqual(markAt("f(x y)", 3), { from: 4, to: 5 });
    assert.deepEqual(markAt("x = ", 4), { from: 2, to: 4 });
    const blank = `x =${"\n".repeat(20_000)}`;
    assert.deepEqual(markAt(blank, blank.length), { from: 2, to: 3 });
    assert.equal(markAt(`${"a".repeat(1_000_000)} `, 1_000_001).to, 1_000_001);
    assert.deepEqual(markAt("", 0), { from: 0, to: 0 });
});
