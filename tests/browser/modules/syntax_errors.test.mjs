import assert from "node:assert/strict";
import { test } from "node:test";
import { jsonFaults, pythonFaults } from "../../../collabpad/static/js/syntax_errors.js";
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
    assert.deepEqual(pythonAt("print('abc\n"), [11]);
    assert.deepEqual(pythonAt("def f():\n    yield\n\nx = = 1\n"), [24]);
    assert.deepEqual(pythonAt("with open('x') ad f:\n    pass\n").slice(0, 1), [15]);
    assert.equal(pythonAt("= = =\n".repeat(50)).length, 3);
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

test("of JSON the first fault is told, of an empty document none", () => {
    assert.deepEqual(jsonAt('{"a": [1, 2.5e3, "b", null, true]}'), []);
    assert.deepEqual(jsonAt(" \n"), []);
    assert.deepEqual(jsonAt('{"a": 1,}'), [8]);
    assert.deepEqual(jsonAt('{"a": tru}'), [6]);
    assert.deepEqual(jsonAt("[1 2 3"), [3]);
    assert.deepEqual(jsonAt("{} x"), [3]);
});
