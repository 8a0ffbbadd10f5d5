import { Y } from "../vendor/editor.js";
import { TEXT_NAME } from "./protocol.js";

/**
 * @param {Y.Doc} doc
 * @param {Y.Doc} other
 * @returns {string} what stands in `other` and was never in `doc`; separate places on lines of their own
 */
export function textUnknownTo(doc, other) {
  const known = Y.createSnapshot(
    Y.createDeleteSet(),
    Y.decodeStateVector(Y.encodeStateVector(doc)),
  );
  /** @type {{insert?: unknown, attributes?: {ychange?: {type: string}}}[]} */
  const delta = other.getText(TEXT_NAME).toDelta(Y.snapshot(other), known);
  return delta
    .filter((part) => part.attributes?.ychange?.type === "added")
    .map((part) => (typeof part.insert === "string" ? part.insert : ""))
    .join("\n");
}
