import assert from "node:assert/strict";
import { test } from "node:test";
import { ChatLog } from "../../../collabpad/static/js/chat.js";

function message(id, from = "bob", kind = "chat") {
    return { id, participant_id: from, name: from, message: `m${id}`, timestamp: "", kind };
}

test("what others say is unread until the window is opened", () => {
    const log = new ChatLog();
    log.reset([message(1)], "ann");
    assert.equal(log.unread, 0, "history of before is no news");
    log.add(message(2), "ann");
    log.add(message(3, "ann"), "ann");
    log.add(message(4, "bob", "system"), "ann");
    assert.equal(log.unread, 1);
    log.open = true;
    log.read();
    log.add(message(5), "ann");
    assert.equal(log.unread, 0);
});

test("what was missed while away is unread, what was seen is not", () => {
    const log = new ChatLog();
    log.reset([], "ann");
    log.add(message(1), "ann");
    log.read();
    log.reset([message(1), message(2), message(3, "ann")], "ann");
    assert.equal(log.unread, 1);
    assert.deepEqual(
        log.messages.map((each) => each.id),
        [1, 2, 3],
    );
});

test("the same message twice is one", () => {
    const log = new ChatLog();
    assert.equal(log.add(message(1), "ann"), true);
    assert.equal(log.add(message(1), "ann"), false);
    assert.equal(log.unread, 1);
});
