// Use the built bundles together, as the page does. Read by node from its standard input, in the
// frontend's folder, so that it also finds the packages themselves; argument: the vendor folder.
import assert from "node:assert/strict";
import { readFile, readdir } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const vendor = process.argv.at(-1);
const bundle = (name) => import(pathToFileURL(join(vendor, name)).href);

// `export *` from two packages silently drops a name that both have.
const entries = (await readdir("entries")).filter((name) => name.endsWith(".js"));
assert.ok(entries.length > 10);
for (const entry of entries) {
  const source = await readFile(join("entries", entry), "utf8");
  const built = await bundle(entry);
  for (const [, name] of source.matchAll(/export \* from "([^"]+)"/g)) {
    for (const exported of Object.keys(await import(name))) {
      if (exported === "default" || exported === "module.exports") continue;
      assert.ok(exported in built, `${entry} lacks ${exported} of ${name}`);
    }
  }
}

const { EditorState, StreamLanguage, Y, fromBase64, io, syntaxTree, toBase64, yCollab } =
  await bundle("editor.js");

// A second copy of CodeMirror's state or language package would refuse these extensions.
const languages = ["cpp", "css", "go", "html", "java", "javascript", "json", "markdown", "php"];
languages.push("python", "rust", "sql");
for (const name of languages) {
  const language = (await bundle(`lang-${name}.js`))[name]();
  const state = EditorState.create({ doc: "x = 1", extensions: [language] });
  assert.ok(syntaxTree(state).length > 0, `${name} does not parse`);
}
const legacy = await bundle("lang-legacy.js");
for (const [name, mode] of Object.entries(legacy)) {
  const extensions = [StreamLanguage.define(mode)];
  assert.ok(syntaxTree(EditorState.create({ doc: "x = 1\n", extensions })).length > 0, name);
}
const { vim } = await bundle("vim.js");
EditorState.create({ extensions: [vim()] });

const [one, other] = [new Y.Doc(), new Y.Doc()];
one.getText("content").insert(0, "héllo 🎉");
Y.applyUpdate(other, fromBase64(toBase64(Y.encodeStateAsUpdate(one))));
assert.equal(other.getText("content").toString(), "héllo 🎉");
EditorState.create({ extensions: [yCollab(other.getText("content"), null)] });
assert.equal(typeof io, "function");
