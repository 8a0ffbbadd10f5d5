import assert from "node:assert/strict";
import { test } from "node:test";
import { OrderedOutput } from "../../../collabpad/static/js/ordered_output.js";

function listener() {
    const heard = [];
    return [heard, new OrderedOutput((stream, data) => heard.push([stream, data]))];
}

const PIECES = [["stdout", 2], ["stderr", 1], ["stdout", 3]];
const IN_ORDER = [["stdout", "ab"], ["stderr", "!"], ["stdout", "cde"]];

test("output that comes alone is written at once", () => {
    const [heard, output] = listener();
    output.take({ run_id: "r", stream: "stdout", data: "a" });
    assert.deepEqual(heard, [["stdout", "a"]]);
});

test("what was gathered is written in the order in which it was printed", () => {
    const [heard, output] = listener();
    output.take({ run_id: "r", stream: "stdout", data: "abcde", pieces: PIECES });
    assert.deepEqual(heard, []);
    output.take({ run_id: "r", stream: "stderr", data: "!" });
    output.take({ run_id: "r", stream: "stdout", data: "later" });
    assert.deepEqual(heard, [...IN_ORDER, ["stdout", "later"]]);
});

test("more than was listed comes last, and nothing is lost when the rest never comes", () => {
    const [heard, output] = listener();
    output.take({ run_id: "r", stream: "stdout", data: "abcdefg", pieces: PIECES });
    output.flush();
    assert.equal(heard.map(([, data]) => data).join(""), "abcdefg");
    output.take({ run_id: "r", stream: "stderr", data: "x" });
    assert.deepEqual(heard.at(-1), ["stderr", "x"]);
});
