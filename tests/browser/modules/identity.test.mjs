import assert from "node:assert/strict";
import { test } from "node:test";
import { JoinLock } from "../../../collabpad/static/js/join_lock.js";
import { Identity } from "../../../collabpad/static/js/identity.js";
import { Store } from "../../../collabpad/static/js/store.js";
import { memoryStorage } from "./memory_storage.mjs";

/** A tab of the browser with this `lasting` storage; each is told apart by its own `tab` one. */
function openTab(lasting, tab = memoryStorage(), sessionId = "s") {
    const store = new Store(lasting, tab);
    return { store, tab, identity: new Identity(store, { sessionId }) };
}

test("all tabs of a browser are one person", () => {
    const lasting = memoryStorage();
    const [first, second] = [openTab(lasting).identity, openTab(lasting).identity];
    first.name = "Ann";
    first.saveToken("token");
    first.hosting = true;
    first.keepHostKey("key");
    assert.deepEqual(
        [second.name, second.resume, second.hosting, second.hostKey],
        ["Ann", "token", true, "key"],
    );
    assert.notEqual(first.tab, second.tab);
    second.leave();
    assert.deepEqual([first.resume, first.hosting], [null, false]);
});

test("a tab that joined as somebody else takes nothing from the others and gives them nothing", () => {
    const lasting = memoryStorage();
    const [ann, eve] = [openTab(lasting), openTab(lasting)];
    ann.identity.name = "Ann";
    ann.identity.saveToken("anns");
    ann.identity.hosting = true;
    eve.identity.becomeSeparate();
    assert.deepEqual([eve.identity.name, eve.identity.resume], ["", null]);
    assert.equal(eve.identity.hosting, false);
    eve.identity.name = "Eve";
    eve.identity.saveToken("eves");
    assert.deepEqual([ann.identity.name, ann.identity.resume], ["Ann", "anns"]);
    const reloaded = openTab(lasting, eve.tab).identity;
    assert.deepEqual([reloaded.name, reloaded.resume], ["Eve", "eves"]);
    reloaded.leave();
    assert.deepEqual([reloaded.name, reloaded.resume], ["Ann", "anns"]);
});

test("a dead token goes, a new one of another tab stays", () => {
    const lasting = memoryStorage();
    const { identity } = openTab(lasting);
    identity.saveToken("dead");
    identity.saveToken("new");
    identity.forgetToken("dead");
    assert.equal(identity.resume, "new");
    identity.forgetToken("new");
    assert.equal(identity.resume, null);
});

test("changed links take along what tabs share, once, and what each has alone", () => {
    const lasting = memoryStorage();
    const [first, second, asleep] = [openTab(lasting), openTab(lasting), openTab(lasting)];
    const eve = openTab(lasting);
    first.identity.saveToken("token");
    first.identity.keepHostKey("key");
    first.identity.hosting = true;
    eve.identity.becomeSeparate();
    eve.identity.saveToken("eves");
    for (const { identity } of [first, second, eve]) identity.moved("t");
    for (const { identity } of [first, second, asleep, openTab(lasting, memoryStorage(), "t")]) {
        assert.deepEqual(
            [identity.resume, identity.hostKey, identity.hosting],
            ["token", "key", true],
        );
    }
    assert.equal(eve.identity.resume, "eves");
    first.identity.moved("u");
    assert.deepEqual([second.identity.resume, asleep.identity.resume], ["token", "token"]);
});

test("of tabs that open at once one joins, and the others come in with its token", async () => {
    const lasting = memoryStorage();
    const tabs = [1, 2, 3].map(() => openTab(lasting));
    const joined = [];
    const ways = tabs.map(async ({ identity, store }) => {
        const first = new JoinLock(identity, store, "s");
        await first.acquire();
        joined.push(identity.resume);
        identity.saveToken("token");
        first.release();
    });
    await Promise.all(ways);
    assert.deepEqual(joined, [null, "token", "token"]);
});

test("a tab that is gone in the middle holds the others up for a moment only", async () => {
    const lasting = memoryStorage();
    lasting.setItem("collabpad:joining:s", JSON.stringify(["gone", Date.now() - 6000]));
    const { identity, store } = openTab(lasting);
    const first = new JoinLock(identity, store, "s");
    await first.acquire();
    lasting.setItem("collabpad:joining:s", "damaged");
    await first.acquire();
    const apart = openTab(lasting);
    apart.identity.becomeSeparate();
    await new JoinLock(apart.identity, apart.store, "s").acquire();
});
