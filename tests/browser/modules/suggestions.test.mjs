import assert from "node:assert/strict";
import { test } from "node:test";
import { languageSupport } from "../../../collabpad/static/js/languages.js";
import { search, suggestions } from "../../../collabpad/static/js/suggestions.js";
import { CompletionContext } from "../../../collabpad/static/vendor/assistance.js";
import { EditorState, ensureSyntaxTree } from "../../../collabpad/static/vendor/editor.js";

/** The words that come at the end of `doc`, or at its `|`. */
async function offered(language, doc, { asked = false } = {}) {
  const at = doc.indexOf("|");
  const pos = at < 0 ? doc.length : at;
  const state = EditorState.create({
    doc: doc.replace("|", ""),
    extensions: [await languageSupport(language), suggestions(true)],
  });
  ensureSyntaxTree(state, state.doc.length);
  const found = await search(new CompletionContext(state, pos, asked));
  return found.flatMap((each) => each?.options.map(({ label }) => label) ?? []);
}

async function comes(language, doc, word) {
  assert.ok((await offered(language, doc)).includes(word), `${language}: ${doc}`);
}

async function staysAway(language, doc) {
  assert.deepEqual(await offered(language, doc), [], `${language}: ${doc}`);
}

test("a word that is begun is completed", async () => {
  await comes("python", "photosynthesis = 1\nprint(pho|)", "photosynthesis");
  await comes("python", "whi", "while");
  await comes("javascript", "retu", "return");
  await comes("sql", "sel", "select");
});

test("a word that is complete has no list, although longer ones begin like it", async () => {
  for (const [language, doc] of [
    ["python", "while True:\n    break"],
    ["python", "return None"],
    ["python", "x = int"],
    ["python", "format = 1\nfor"],
    ["python", "foo = foobar = 1\nfoo"],
    ["javascript", "const done = true"],
    ["javascript", "let inner = 1\nx = in"],
    ["go", "int64\nint"],
    ["c", "double do"],
    ["sql", "SELECT"],
    ["sql", "select a from b where a is not null"],
    ["php", "<?php do"],
    ["html", "<b"],
    ["css", "a { color: red"],
  ]) {
    await staysAway(language, doc);
  }
});

test("a list that is open ends where the word is complete", async () => {
  const state = EditorState.create({
    doc: "fo",
    extensions: [await languageSupport("python"), suggestions(true)],
  });
  ensureSyntaxTree(state, 2);
  const found = (await search(new CompletionContext(state, 2, false))).filter(Boolean);
  assert.ok(found.length > 0);
  for (const { validFor } of found) {
    if (!validFor) continue;
    assert.equal(validFor("for", 0, 3, state), false);
    assert.equal(validFor("form", 0, 4, state), true);
  }
});

test("what is imported is not known here", async () => {
  for (const [language, doc] of [
    ["python", "import o"],
    ["python", "import o, r"],
    ["python", "from o"],
    ["python", "from os import pat"],
    ["python", "from os import (\n    pat"],
    ["python", "    import o"],
    ["javascript", "import { rea"],
    ["javascript", "import {\n  rea"],
    ["java", "import jav"],
    ["go", 'package m'],
    ["rust", "use st"],
    ["c", "#include <st"],
    ["perl", "use str"],
    ["php", "<?php\nuse Ap"],
  ]) {
    await staysAway(language, `${doc}|\n# path read java main std string strict App others`);
  }
  await comes("python", "important = 1\nimpor|", "important");
  await comes("sql", "SELECT people\nfrom peo", "people");
});

test("in comments and strings nothing is offered, in code within a string it is", async () => {
  for (const [language, doc] of [
    ["python", "# whi"],
    ["python", "'whi|'"],
    ["python", '"whi'],
    ["python", '"""\nwhi|\n"""'],
    ["python", "f'whi|'"],
    ["javascript", "// retu"],
    ["javascript", "`retu|`"],
    ["javascript", "/retu|/.test(x)"],
    ["javascript", "'use str|'"],
    ["shell", "# whi"],
    ["shell", "echo 'whi|'"],
    ["c", "/* retu| */"],
    ["c", 'char *s = "retu|";'],
    ["go", "x := `retu|`"],
    ["rust", "// retu"],
    ["java", '"retu|"'],
    ["ruby", "# whi"],
    ["lua", "-- whi"],
    ["perl", "# fore"],
    ["php", "<?php // fore"],
    ["sql", "-- sele"],
    ["sql", "'sele|'"],
    ["html", "<!-- whi| -->"],
    ["css", "/* co| */"],
    ["json", '{"a": "tr|"}'],
    ["yaml", "# tr"],
  ]) {
    await staysAway(language, doc);
  }
  await comes("python", "photosynthesis = 1\nf'{pho|}'", "photosynthesis");
  await comes("javascript", "let photosynthesis = 1\n`${pho|}`", "photosynthesis");
});

test("in prose nothing is offered, and Tab is a tab", async () => {
  await staysAway("text", "photosynthesis\npho");
  await staysAway("markdown", "photosynthesis\n\npho");
  await comes("markdown", "photosynthesis\n\n```\npho|\n```\n", "photosynthesis");
});

test("numbers are not words", async () => {
  for (const doc of ["e1 = e10 = 0\n1e", "0x1", "x1 = 1.5e", "12"]) await staysAway("python", doc);
  await comes("python", "x100 = 1\nx1", "x100");
});

test("who asks gets a list wherever there is one", async () => {
  for (const doc of ["os = 1\nimport o", "format = 1\nfor", "word = 1\n# wo"]) {
    assert.notDeepEqual(await offered("python", doc, { asked: true }), [], doc);
  }
});
