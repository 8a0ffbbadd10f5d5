import assert from "node:assert/strict";
import { mock, test } from "node:test";
import { DummyServer, Page, settled } from "./dummy_server.mjs";

function twoPages() {
    const server = new DummyServer();
    return { server, ann: new Page(server).join(), bob: new Page(server).join() };
}

test("what one types, the other sees once the server has it", async () => {
    const { server, ann, bob } = twoPages();
    ann.type("print(1)");
    assert.equal(bob.text, "");
    await ann.deliverAll();
    assert.equal(server.text, "print(1)");
    assert.equal(bob.text, "print(1)");
  assert.equal(bob.underway.length, 0, "what came from the server is not sent back to it");
  assert.equal(bob.provider.saved, true);
});

test("saved means acknowledged, not sent", async () => {
    const { ann } = twoPages();
    assert.equal(ann.provider.saved, true);
    ann.type("x");
    assert.equal(ann.provider.saved, false);
    ann.type("y");
    await ann.deliver();
    assert.equal(ann.provider.saved, false, "y was typed while x was underway");
    await ann.deliver();
    assert.equal(ann.provider.saved, true);
});

test("what is typed while an update is underway goes out as one", async () => {
    const { server, ann } = twoPages();
    ann.type("a");
    for (const letter of "bcdef") ann.type(letter);
    assert.equal(ann.underway.length, 1);
    await ann.deliver();
    assert.equal(ann.underway.length, 1);
    await ann.deliver();
    assert.equal(ann.underway.length, 0);
    assert.equal(server.text, "abcdef");
});

test("edits made offline on both sides merge on return", async () => {
    const { server, ann, bob } = twoPages();
    ann.type("middle");
    await ann.deliverAll();
    ann.drop();
    ann.type("end");
    bob.type("start ", 0);
    await bob.deliverAll();
    ann.join();
    await ann.deliverAll();
    assert.equal(server.text, "start middleend");
    assert.equal(ann.text, server.text);
    assert.equal(bob.text, server.text);
    assert.equal(ann.provider.saved, true);
});

test("an answer from before a lost connection counts for nothing", async () => {
  const { server, ann } = twoPages();
  ann.type("x");
  const late = ann.underway.shift();
  ann.drop();
  ann.join();
  late.resolve({ ok: true, seq: 1 });
  await settled();
  assert.equal(ann.provider.saved, false);
  await ann.deliverAll();
  assert.equal(server.text, "x");
  assert.equal(ann.provider.saved, true);
});

test("a deletion that was underway when the connection broke is not lost", async () => {
    const { server, ann } = twoPages();
    ann.type("keep drop");
    await ann.deliverAll();
    ann.provider.text.delete(4, 5);
    ann.drop();
    ann.join();
    await ann.deliverAll();
    assert.equal(server.text, "keep");
});

test("an update that arrived although its answer did not is not doubled", async () => {
    const { server, ann } = twoPages();
    ann.type("once");
    server.take(ann.underway[0].update, ann);
    ann.drop();
    ann.join();
    await ann.deliverAll();
    assert.equal(server.text, "once");
    assert.equal(ann.text, "once");
});

test("a server that lost what it had acknowledged gets it again", async () => {
    const { ann } = twoPages();
    ann.type("precious");
    await ann.deliverAll();
    ann.drop();
    ann.server = new DummyServer();
    ann.server.pages.push(ann);
    ann.join();
    await ann.deliverAll();
    assert.equal(ann.server.text, "precious");
});

test("a page that has nothing new says nothing when it joins", () => {
    const { ann, bob } = twoPages();
    assert.deepEqual([ann.underway.length, bob.underway.length], [0, 0]);
});

test("after rate_limited the same update is sent again, before any other", async () => {
    mock.timers.enable({ apis: ["setTimeout"] });
    try {
        const { server, ann } = twoPages();
        ann.type("first ");
        const { update } = ann.underway[0];
        await ann.refuse("rate_limited");
        ann.type("second");
        assert.equal(ann.underway.length, 0, "it waits");
        mock.timers.tick(1000);
        assert.equal(ann.underway[0].update, update);
        await ann.deliverAll();
        assert.equal(server.text, "first second");
        assert.equal(ann.replacements.length, 0);
    } finally {
        mock.timers.reset();
    }
});

test("a refused edit is rolled back and its text offered", async () => {
    const { server, ann, bob } = twoPages();
    bob.type("theirs\n");
    await bob.deliverAll();
    ann.type("mine alone");
    ann.type("!");
    const before = ann.provider.text;
    await ann.refuse("not_writer");
    assert.equal(ann.text, "theirs\n");
    assert.notEqual(ann.provider.text, before);
    assert.deepEqual(ann.replacements, [{ code: "not_writer", text: "mine alone!" }]);
    assert.equal(ann.provider.saved, true);
    assert.equal(server.text, "theirs\n");
});

test("refused text from several places comes back place by place, deletions undone", async () => {
    const { ann } = twoPages();
    ann.type("one three");
    await ann.deliverAll();
    ann.type("zero ", 0);
    ann.type(" four");
    ann.provider.text.delete(5, 4);
    await ann.refuse("not_writer");
    assert.equal(ann.text, "one three");
    assert.deepEqual(ann.replacements, [{ code: "not_writer", text: "zero \n four" }]);
});

test("after a rollback typing goes on in the new document", async () => {
    const { server, ann, bob } = twoPages();
    ann.type("refused");
    await ann.refuse("not_writer");
    ann.type("taken");
    await ann.deliverAll();
    assert.equal(server.text, "taken");
    assert.equal(bob.text, "taken");
});

test("typing goes on between the refusal and the new start, and is offered too", async () => {
    const server = new DummyServer();
    const ann = new Page(server).join();
    let join = () => undefined;
    ann.join = () => {
        join = () => Page.prototype.join.call(ann);
    };
    ann.type("one ");
    await ann.refuse("not_writer");
    ann.type("two");
    assert.equal(ann.provider.saved, false);
    join();
    assert.deepEqual(ann.replacements, [{ code: "not_writer", text: "one two" }]);
});

test("an update without an answer makes the page compare with the server", async () => {
    const { server, ann } = twoPages();
    ann.type("x");
    ann.underway.shift().reject(new Error("silence"));
    await settled();
    assert.equal(ann.rejoins, 1);
    await ann.deliverAll();
    assert.equal(server.text, "x");
});

test("many small updates are merged only up to what one event may carry", async () => {
    const { server, ann } = twoPages();
    const block = "x".repeat(400_000);
    ann.type("a");
    for (let turn = 0; turn < 5; turn += 1) ann.type(block);
    const sizes = [];
    while (ann.underway.length > 0) {
        sizes.push(ann.underway[0].update.length);
        await ann.deliver();
    }
    assert.ok(Math.max(...sizes) < 2 * 1024 * 1024, `sizes ${sizes}`);
    assert.equal(server.text.length, 2_000_001);
});

test("a page that missed an update finds it by comparing", async () => {
    const { server, ann, bob } = twoPages();
    bob.joined = false;
    ann.type("missed");
    await ann.deliverAll();
    assert.equal(bob.text, "");
    await bob.provider.compare();
    assert.equal(bob.text, server.text);
});

test("a server that misses an update gets it when a page compares", async () => {
    const { ann } = twoPages();
    ann.type("precious");
    await ann.deliverAll();
    ann.server = new DummyServer();
    await ann.provider.compare();
    assert.equal(ann.provider.saved, false);
    await ann.deliverAll();
    assert.equal(ann.server.text, "precious");
});

test("a page whose text went astray starts anew", async () => {
    const { server, ann } = twoPages();
    ann.type("right");
    await ann.deliverAll();
    server.check = () => ({ ok: true, same: false, astray: true });
    const before = ann.provider.text;
    await ann.provider.compare();
    assert.notEqual(ann.provider.text, before);
    assert.equal(ann.text, "right");
    assert.deepEqual(ann.replacements, [{ code: "astray", text: "" }]);
    assert.equal(ann.provider.saved, true);
});

test("a page that agrees changes nothing by comparing", async () => {
    const { ann } = twoPages();
    ann.type("same 🙂");
    await ann.deliverAll();
    await ann.provider.compare();
    assert.deepEqual([ann.rejoins, ann.underway.length, ann.replacements.length], [0, 0, 0]);
});

test("waiting for what was typed to be stored ends with the answer, or with patience", async () => {
    const { ann } = twoPages();
    ann.type("x");
    const saved = ann.provider.whenDelivered(60_000);
    await ann.deliverAll();
    assert.equal(await saved, true);
    ann.type("y");
    assert.equal(await ann.provider.whenDelivered(1), false);
});

test("an update that no frame can carry is not sent, its text is offered back", async () => {
    const { server, ann } = twoPages();
    const text = "x".repeat(3_000_000);
    ann.type(text);
    await settled();
    assert.equal(ann.underway.length, 0);
    assert.deepEqual(ann.replacements, [{ code: "too_large", text }]);
    assert.equal(server.text, "");
});

test("a page that stays astray is not started anew again and again", async () => {
    const { server, ann } = twoPages();
    server.check = () => ({ ok: true, same: false, astray: true });
    await ann.provider.compare();
    await ann.provider.compare();
    assert.equal(ann.rejoins, 1);
    await ann.provider.compare();
    assert.equal(ann.rejoins, 2);
});

/** A page that was closed before the server had its edits, and the updates that it had kept. */
function closedWithUnsent(server, text) {
    const gone = new Page(server).join();
    const kept = [];
    gone.provider.on("edited", (update) => kept.push(update));
    gone.type(text);
    gone.drop();
    return kept;
}

test("what an earlier page had not sent, the next one sends", async () => {
    const { server, ann, bob } = twoPages();
    ann.type("before ");
    await ann.deliverAll();
    const next = new Page(server);
    next.provider.adopt(closedWithUnsent(server, "unsent"));
    assert.equal(next.provider.saved, false);
    next.join();
    await next.deliverAll();
    assert.equal(server.text, "before unsent");
    assert.equal(bob.text, server.text);
    assert.equal(next.provider.saved, true);
});

test("what an earlier page left can come after the join, and need not be news", async () => {
    const { server, ann } = twoPages();
    const kept = closedWithUnsent(server, "once");
    ann.provider.adopt(kept);
    await ann.deliverAll();
    ann.provider.adopt(kept);
    assert.equal(ann.underway.length, 0);
    assert.equal(server.text, "once");
});

test("what an earlier page left and the server refuses is offered back", async () => {
    const server = new DummyServer();
    server.write("theirs\n");
    const next = new Page(server);
    next.provider.adopt(closedWithUnsent(server, "mine"));
    next.join();
    await next.refuse("not_writer");
    assert.equal(next.text, "theirs\n");
    assert.deepEqual(next.replacements, [{ code: "not_writer", text: "mine" }]);
});

test("while the server cannot save, what is typed since goes along with the same update", async () => {
    mock.timers.enable({ apis: ["setTimeout"] });
    try {
        const { server, ann } = twoPages();
        ann.type("first ");
        await ann.refuse("not_saved");
        assert.deepEqual([ann.provider.saved, ann.provider.delivered], [false, true]);
        ann.type("second");
        assert.equal(ann.provider.delivered, false);
        mock.timers.tick(1000);
        assert.equal(ann.underway.length, 1);
        await ann.deliverAll();
        assert.equal(server.text, "first second");
        assert.equal(ann.provider.saved, true);
    } finally {
        mock.timers.reset();
    }
});

test("what was to be compared while something was underway is compared afterwards", async () => {
    const { server, ann } = twoPages();
    server.check = () => ({ ok: true, same: false, astray: true });
    ann.type("x");
    await ann.provider.compare();
    assert.equal(ann.rejoins, 0);
    await ann.deliverAll();
    assert.equal(ann.rejoins, 1);
    assert.deepEqual(ann.replacements, [{ code: "astray", text: "" }]);
});
