import assert from "node:assert/strict";
import { test } from "node:test";
import { languageSupport } from "../../../collabpad/static/js/languages.js";
import { CompletionContext, completeFromList } from "../../../collabpad/static/vendor/assistance.js";
import { EditorState, ensureSyntaxTree } from "../../../collabpad/static/vendor/editor.js";

const BEGUN = {
    python: ["wh", "while"],
    javascript: ["ret", "return"],
    typescript: ["ret", "return"],
    shell: ["ec", "echo"],
    c: ["unsi", "unsigned"],
    cpp: ["name", "namespace"],
    go: ["fu", "func"],
    rust: ["imp", "impl"],
    java: ["impl", "implements"],
    php: ["<?php ec", "echo"],
    sql: ["SEL", "SELECT"],
    html: ["<im", "img"],
    css: ["a { color: re", "red"],
    json: ["tr", "true"],
    markdown: ["<im", "<img"],
    ruby: ["unl", "unless"],
    perl: ["for", "foreach"],
    lua: ["fun", "function"],
    yaml: ["a: tr", "true"],
};

async function completions(language, doc) {
    const state = EditorState.create({ doc, extensions: [await languageSupport(language)] });
    ensureSyntaxTree(state, doc.length);
    const context = new CompletionContext(state, doc.length, true);
    const sources = state.languageDataAt("autocomplete", doc.length);
    const found = await Promise.all(
        sources.map((each) => (Array.isArray(each) ? completeFromList(each) : each)(context)),
    );
    return found.flatMap((each) => each?.options.map(({ label }) => label.toLowerCase()) ?? []);
}

for (const [language, [begun, keyword]] of Object.entries(BEGUN)) {
    test(`${language} completes its keywords`, async () => {
        assert.ok((await completions(language, begun)).includes(keyword.toLowerCase()));
    });
}

test("in comments and strings no keywords are offered", async () => {
    for (const [language, doc] of [
        ["rust", "// imp"],
        ["lua", "-- fun"],
        ["lua", '"fun'],
    ]) {
        assert.deepEqual(await completions(language, doc), [], language);
    }
});
