// Yjs itself, for the tests of the server's document: documents by number, and what happens to them.
// Each line in is a list of operations, each line out the list of their results.

import { createInterface } from "node:readline";
import { createRequire } from "node:module";

const require = createRequire(new URL("../../frontend/package.json", import.meta.url));
const Y = require("yjs");

const bytes = (text) => new Uint8Array(Buffer.from(text, "base64"));
const base64 = (data) => Buffer.from(data).toString("base64");
const pages = new Map();

/** Back to the beginning of a character. */
function snapped(text, at) {
  const code = text.charCodeAt(at);
  return code >= 0xdc00 && code <= 0xdfff && at > 0 ? at - 1 : at;
}

const OPERATIONS = {
  open(number, clientID, ...updates) {
    const doc = new Y.Doc();
    doc.clientID = clientID;
    for (const each of updates) Y.applyUpdate(doc, bytes(each));
    pages.set(number, doc);
  },
  /** Replaces UTF-16 units, or, when `whole`, the characters that they are part of. */
  edit(number, at, remove, insert, whole) {
    const doc = pages.get(number);
    const text = doc.getText("content");
    const before = text.toString();
    let start = Math.min(at, before.length);
    let end = Math.min(start + remove, before.length);
    if (whole) [start, end] = [snapped(before, start), snapped(before, end)];
    const made = [];
    const note = (update) => made.push(update);
    doc.on("update", note);
    doc.transact(() => {
      if (end > start) text.delete(start, end - start);
      if (insert) text.insert(start, insert);
    });
    doc.off("update", note);
    return made.length ? base64(made[0]) : null;
  },
  apply(number, ...updates) {
    for (const each of updates) Y.applyUpdate(pages.get(number), bytes(each));
  },
  text: (number) => pages.get(number).getText("content").toString(),
  waits(number) {
    const { pendingStructs, pendingDs } = pages.get(number).store;
    return pendingStructs !== null || pendingDs !== null;
  },
  state: (number) => base64(Y.encodeStateVector(pages.get(number))),
  diff: (number, state) => base64(Y.encodeStateAsUpdate(pages.get(number), bytes(state))),
  merge: (...updates) => base64(Y.mergeUpdates(updates.map(bytes))),
  holes: (...updates) =>
    updates.some((each) => Y.decodeUpdate(bytes(each)).structs.some((one) => one instanceof Y.Skip)),
};

for await (const line of createInterface({ input: process.stdin })) {
  const results = JSON.parse(line).map(([name, ...rest]) => OPERATIONS[name](...rest) ?? null);
  process.stdout.write(`${JSON.stringify(results)}\n`);
}
