import assert from "node:assert/strict";
import { test } from "node:test";
import {
    destination,
    editorLink,
    hostKeyIn,
    hostLink,
} from "../../../collabpad/static/js/links.js";

const here = { origin: "http://10.0.0.5:5000", basePath: "/pad" };
const id = "AbCdEfGhIjKlMnOp_-12";

test("an ID leads to the editor of this server, below its base path", () => {
    assert.equal(destination(` ${id} `, here), `http://10.0.0.5:5000/pad/editor/${id}`);
});

test("a link is followed as it is, with its host key", () => {
    const link = hostLink(editorLink(here.origin, here.basePath, id), "k".repeat(24));
    assert.equal(destination(link, here), link);
    assert.equal(hostKeyIn(new URL(link).hash), "k".repeat(24));
});

test("a link without its scheme is understood", () => {
    assert.equal(
        destination(`10.0.0.5:5000/editor/${id}`, here),
        `http://10.0.0.5:5000/editor/${id}`,
    );
});

for (const typed of [
    "",
    "short",
    "two words here",
    `javascript:alert(1)//editor/${id}`,
    `data:text/html,/editor/${id}`,
    "http://10.0.0.5:5000/editor/",
    "http://10.0.0.5:5000/editor/<script>",
    "http://",
]) {
    test(`${JSON.stringify(typed)} leads nowhere`, () => {
        assert.equal(destination(typed, here), null);
    });
}

test("a fragment that is no host key is none", () => {
    assert.equal(hostKeyIn("#L12"), null);
    assert.equal(hostKeyIn("#host=<b>"), null);
    assert.equal(hostKeyIn(""), null);
});
