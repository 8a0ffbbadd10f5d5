import assert from "node:assert/strict";
import { test } from "node:test";
import { Store, resilient } from "../../../collabpad/static/js/store.js";
import { memoryStorage } from "./memory_storage.mjs";

const denied = () => {
    throw new Error("denied");
};

test("storage that is denied is replaced by the page's memory", () => {
    const store = new Store(resilient(denied), resilient(denied));
    store.name = "Ann";
    store.keepHostKey("s", "key");
    assert.equal(store.name, "Ann");
    assert.equal(store.hostKey("s"), "key");
});

test("storage that is full keeps the page going", () => {
    const full = { getItem: () => null, setItem: denied, removeItem: () => undefined };
    const store = new Store(
        resilient(() => full),
        resilient(() => full),
    );
    store.name = "Ann";
    assert.equal(store.name, "Ann");
});

test("damaged entries are not shown", () => {
    const lasting = memoryStorage();
    const store = new Store(lasting, memoryStorage());
    for (const damaged of ["{", "null", '{"a":1}', '[null,1,{"id":1}]']) {
        lasting.setItem("collabpad:visits", damaged);
        assert.deepEqual(store.visits(), []);
    }
});

test("visits are kept latest first, each once, and can be forgotten", () => {
    const store = new Store(memoryStorage(), memoryStorage());
    for (const id of ["a", "b", "a"]) store.rememberVisit({ id, title: id, at: 1, view: false });
    assert.deepEqual(
        store.visits().map((visit) => visit.id),
        ["a", "b"],
    );
    store.forgetVisit("a");
    assert.deepEqual(
        store.visits().map((visit) => visit.id),
        ["b"],
    );
});
