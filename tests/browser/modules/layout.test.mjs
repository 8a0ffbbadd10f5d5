import assert from "node:assert/strict";
import { test } from "node:test";
import { Layout } from "../../../collabpad/static/js/layout.js";
import { Panels } from "../../../collabpad/static/js/panels.js";
import { sizeByKey } from "../../../collabpad/static/js/splitter.js";
import { Theme } from "../../../collabpad/static/js/theme.js";
import { grown, moved, resized, shareOf } from "../../../collabpad/static/js/window_geometry.js";

function root() {
    const attributes = new Map();
    const properties = new Map();
    return {
        attributes,
        properties,
        setAttribute: (name, value) => void attributes.set(name, value),
        removeAttribute: (name) => void attributes.delete(name),
        style: {
            setProperty: (name, value) => void properties.set(name, value),
            removeProperty: (name) => void properties.delete(name),
        },
    };
}

function screen(matches) {
    const listeners = [];
    return {
        matches,
        addEventListener: (_, listener) => void listeners.push(listener),
        turn(phone) {
            this.matches = phone;
            for (const listener of listeners) listener();
        },
    };
}

test("what is arranged is written on the page and kept as written", () => {
    const page = root();
    const store = { layout: null };
    const layout = new Layout(store, page);
    layout.setMark("people", "closed");
    layout.setSizes({ "side-width": 320, "chat-x": 0.5 });
    assert.equal(page.attributes.get("data-people"), "closed");
    assert.equal(page.properties.get("--side-width"), "320");
    const again = new Layout({ layout: JSON.parse(JSON.stringify(store.layout)) }, root());
    assert.equal(again.mark("people"), "closed");
    assert.equal(again.size("chat-x"), 0.5);
    layout.setMark("people", null);
    layout.setSizes({ "side-width": null });
    assert.equal(page.attributes.size, 0);
    assert.deepEqual([...page.properties.keys()], ["--chat-x"]);
});

test("what is damaged is not taken over", () => {
    const damaged = { marks: { people: 3, "x y": "z", chat: "open" }, sizes: { a: "1", b: null } };
    const layout = new Layout({ layout: damaged }, root());
    assert.deepEqual(
        [layout.mark("people"), layout.mark("x y"), layout.mark("chat"), layout.size("a")],
        [null, null, "open", null],
    );
    for (const kept of [null, 3, "x", [], { marks: null, sizes: 1 }]) {
        assert.equal(new Layout({ layout: kept }, root()).mark("people"), null);
    }
});

test("beside the code panels open each for itself, on a phone in turns", () => {
    const phone = screen(false);
    const panels = new Panels(new Layout({ layout: null }, root()), phone);
    const shown = () => ["people", "chat", "output"].filter((name) => panels.shown(name));
    assert.deepEqual(shown(), ["people", "output"]);
    panels.toggle("chat");
    assert.deepEqual(shown(), ["people", "chat", "output"]);
    phone.turn(true);
    assert.deepEqual(shown(), [], "the code has a phone to itself");
    panels.show("people", true);
    panels.show("chat", true);
    assert.deepEqual(shown(), ["chat"]);
    panels.show("people", false);
    assert.deepEqual(shown(), ["chat"], "closing what is closed changes nothing");
    panels.toggle("chat");
    assert.deepEqual(shown(), []);
    phone.turn(false);
    assert.deepEqual(shown(), ["people", "chat", "output"]);
});

test("news of a panel last until it is looked at", () => {
    const panels = new Panels(new Layout({ layout: null }, root()), screen(true));
    panels.bringNews("output");
    assert.equal(panels.hasNews("output"), true);
    panels.show("output", true);
    assert.equal(panels.hasNews("output"), false);
    panels.bringNews("output");
    assert.equal(panels.hasNews("output"), false);
});

test("keys move a splitter towards where they point, and not too far", () => {
    const width = { side: "width", min: 200, max: 300 };
    assert.equal(sizeByKey("ArrowLeft", false, 280, width), 296);
    assert.equal(sizeByKey("ArrowLeft", true, 280, width), 300);
    assert.equal(sizeByKey("ArrowRight", true, 210, width), 200);
    assert.equal(sizeByKey("ArrowUp", false, 210, width), null);
    assert.equal(sizeByKey("ArrowUp", false, 210, { ...width, side: "height" }), 226);
    assert.equal(sizeByKey("Home", false, 210, width), 200);
    assert.equal(sizeByKey("End", false, 210, width), 300);
});

test("a window stays inside, whatever is pulled", () => {
    const bounds = { width: 1000, height: 600 };
    const rect = { x: 600, y: 150, width: 330, height: 400 };
    assert.deepEqual(moved(rect, { x: 900, y: -900 }, bounds), { ...rect, x: 670, y: 0 });
    assert.deepEqual(resized(rect, { x: -1, y: 0 }, { x: -50, y: 9 }, bounds), {
        ...rect,
        x: 550,
        width: 380,
    });
    const pushed = resized(rect, { x: -1, y: -1 }, { x: 9000, y: 9000 }, bounds);
    assert.deepEqual(pushed, { x: 690, y: 370, width: 240, height: 180 });
    const pulled = resized(rect, { x: 1, y: 1 }, { x: 9000, y: 9000 }, bounds);
    assert.deepEqual(pulled, { x: 600, y: 150, width: 400, height: 450 });
    const full = grown(rect, { x: 9000, y: 0 }, bounds);
    assert.deepEqual(full, { x: 0, y: 150, width: 1000, height: 400 });
});

test("a window at the border is kept at the border of every page", () => {
    const bounds = { width: 1000, height: 600 };
    const share = shareOf({ x: 670, y: 0, width: 330, height: 400 }, bounds);
    assert.deepEqual(share, { x: 1, y: 0 });
    const squeezed = shareOf({ x: 0, y: 0, width: 330, height: 400 }, { width: 300, height: 300 });
    assert.deepEqual(squeezed, { x: 1, y: 1 });
});

test("a theme is chosen among those that there are", () => {
    const shown = [];
    const store = { theme: "" };
    const theme = new Theme(store, (name) => shown.push(name));
    assert.equal(theme.choice, "system");
    theme.choose("contrast");
    theme.choose("pink");
    assert.deepEqual(shown, ["contrast", "system"]);
    store.theme = "damaged";
    assert.equal(theme.choice, "system");
});
