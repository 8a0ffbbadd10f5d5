import assert from "node:assert/strict";
import { test } from "node:test";
import { Emitter } from "../../../collabpad/static/js/emitter.js";
import { JoinController } from "../../../collabpad/static/js/join_controller.js";
import { Identity } from "../../../collabpad/static/js/identity.js";
import { Store } from "../../../collabpad/static/js/store.js";
import { memoryStorage } from "./memory_storage.mjs";

globalThis.window = { addEventListener: () => undefined };

/** A page that joins at a server with one token and one key that are right. */
class Page extends Emitter {
    notices = [];
    joins = [];

    constructor({ resume, hostKey, keyBefore }, right) {
        super();
        this.identity = new Identity(new Store(memoryStorage(), memoryStorage()), { sessionId: "s" });
        this.identity.name = "Ann";
        if (resume) this.identity.saveToken(resume);
        if (keyBefore) this.identity.keepHostKey(keyBefore);
        this.identity.keepHostKey(hostKey);
        this.right = right;
        const joinDialog = { state: null, hide: () => undefined, show: () => undefined };
        const notices = { show: (text) => this.notices.push(text) };
        this.controller = new JoinController(this, joinDialog, this.identity, notices, {}, {
            byHostLink: true,
            hasCode: () => false,
            asksPasscode: false,
            joinLock: { release: () => undefined },
        });
        this.rejoin();
    }

    rejoin() {
        const sent = this.controller.credentials();
        this.joins.push([sent.resume, sent.host_key]);
        const wrong = ["resume", "host_key"].some(
            (each) => sent[each] !== null && sent[each] !== this.right[each],
        );
        assert(this.joins.length < 9, "it goes on for ever");
        if (wrong) this.emit("refused", { code: "forbidden", message: "", sent });
        else this.emit("joined", { resume: sent.resume ?? "new", session: { title: "" } });
    }
}

const right = { resume: "token", host_key: "key" };

test("who comes back by the host link has token and key", () => {
    const page = new Page({ resume: "token", hostKey: "key" }, right);
    assert.deepEqual(page.joins, [["token", "key"]]);
    assert.deepEqual(page.notices, []);
});

test("who opens a host link that is wrong stays who they are", () => {
    const page = new Page({ resume: "token", hostKey: "wrong" }, right);
    assert.equal(page.identity.resume, "token");
    assert.equal(page.identity.hostKey, null);
    assert.equal(page.notices.length, 1);
    page.rejoin();
    assert.deepEqual(page.joins.at(-1), ["token", null]);
});

test("a host link that is wrong does not take away the key that is right", () => {
    for (const resume of ["token", null]) {
        const page = new Page({ resume, hostKey: "wrong", keyBefore: "key" }, right);
        assert.equal(page.identity.hostKey, "key");
        assert.equal(page.identity.resume, resume ?? "new");
        assert.equal(page.notices.length, 1);
    }
});

test("who comes back with a dead token is still the host by the key", () => {
    const page = new Page({ resume: "dead", hostKey: "key" }, right);
    assert.deepEqual(page.joins.at(-1), [null, "key"]);
    assert.equal(page.identity.resume, "new");
    assert.equal(page.identity.hostKey, "key");
    assert.deepEqual(page.notices, []);
});

test("who has nothing that is right comes in as somebody new", () => {
    const page = new Page({ resume: "dead", hostKey: "wrong" }, right);
    assert.deepEqual(page.joins.at(-1), [null, null]);
    assert.equal(page.identity.resume, "new");
    assert.equal(page.notices.length, 1);
});
