import { Y } from "../vendor/editor.js";
import { TEXT_NAME } from "./protocol.js";

/** How this page's document differs from the server's. */

const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, index) => {
  let value = index;
  for (let bit = 0; bit < 8; bit += 1) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
  return value;
});

/**
 * CRC-32 as in zlib and PNG, of the text in UTF-8.
 * @param {string} text
 * @returns {number} unsigned, 32 bits
 */
export function crc32(text) {
  let value = 0xffffffff;
  for (const byte of new TextEncoder().encode(text)) {
    value = (value >>> 8) ^ CRC_TABLE[(value ^ byte) & 0xff];
  }
  return (value ^ 0xffffffff) >>> 0;
}

/**
 * @param {Y.Doc} doc
 * @param {Y.Doc} other
 * @returns {string} the text of `other` that was never in `doc`, a line for each place
 */
export function textMissingFrom(doc, other) {
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

const COMPARE_MS = 60_000;
/** After edits that older pages and servers are known to get wrong. */
const COMPARE_SOON_MS = 3000;

/** Compares this page's text with the server's every minute, and mends what differs. */
export class DocComparer {
  #provider;
  #editor;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #soon;

  /**
   * @param {import("./provider.js").Provider} provider
   * @param {import("./code_editor.js").CodeEditor} editor
   */
  constructor(provider, editor) {
    this.#provider = provider;
    this.#editor = editor;
    setInterval(() => this.compare(), COMPARE_MS);
    editor.on("pairs", () => this.#compareSoon());
  }

  compare() {
    this.#provider
      .compare()
      .then(() => this.#editor.reconcile(true))
      .catch(() => undefined);
  }

  #compareSoon() {
    this.#soon ??= setTimeout(() => {
      this.#soon = undefined;
      this.compare();
    }, COMPARE_SOON_MS);
  }
}
