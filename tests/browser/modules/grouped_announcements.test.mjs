import assert from "node:assert/strict";
import { test } from "node:test";
import { GroupedAnnouncements } from "../../../collabpad/static/js/grouped_announcements.js";
import { strings } from "../../../collabpad/static/js/strings.js";

function listener() {
    const said = [];
    const due = [];
    const spoken = new GroupedAnnouncements(
        (text) => said.push(text),
        (act) => due.push(act),
    );
    const wait = () => {
        for (const act of due.splice(0)) act();
    };
    return { said, spoken, wait };
}

test("what happens to several within a moment is one sentence, in which each counts once", () => {
    const { said, spoken, wait } = listener();
    for (const name of ["Bob", "Cy", "Bob", "Dora"]) spoken.add(strings.request.pen.said, name);
    spoken.add(strings.people.saidJoined, "Eve");
    assert.deepEqual(said, []);
    wait();
    assert.deepEqual(said, ["Bob and 2 more ask for the pen.", "Eve is here."]);
});

test("what happens later is another sentence", () => {
    const { said, spoken, wait } = listener();
    for (const name of ["Bob", "Cy"]) {
        spoken.add(strings.request.join.said, name);
        wait();
    }
    assert.deepEqual(said, ["Bob wants to come in.", "Cy wants to come in."]);
});
