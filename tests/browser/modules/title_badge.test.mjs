import assert from "node:assert/strict";
import { test } from "node:test";
import { iconOf, titleOf } from "../../../collabpad/static/js/title_badge.js";

const quiet = { title: "Kata", unread: 0, holder: null, mine: false };

test("the title tells the unread and whose pen it is", () => {
    assert.equal(titleOf(quiet), "Kata · collabpad");
    assert.equal(titleOf({ ...quiet, unread: 2, mine: true }), "(2) ✎ Kata · collabpad");
    assert.equal(titleOf({ ...quiet, holder: "Bob" }), "Kata · ✎ Bob · collabpad");
});

test("the picture has the colour of the pen's holder and the count", () => {
    const svg = (parts) => decodeURIComponent(iconOf(parts).replace("data:image/svg+xml,", ""));
    assert.match(svg({ unread: 12, color: "#a55400", mine: true }), /fill="#a55400".*>9\+<\/text>/s);
    assert.doesNotMatch(svg({ unread: 0, color: "#a55400", mine: false }), /<text/);
    const mine = svg({ unread: 0, color: "#a55400", mine: true });
    assert.notEqual(mine, svg({ unread: 0, color: "#a55400", mine: false }));
});
