import { Y } from "../vendor/editor.js";
import { MERGE_BYTES } from "./protocol.js";

/** Edits made on this page that were not sent yet, in order. */
export class Outbox {
  /** @type {Uint8Array[]} */
  #updates = [];

  get empty() {
    return this.#updates.length === 0;
  }

  /** @param {Uint8Array} update */
  push(update) {
    this.#updates.push(update);
  }

  /** @param {Uint8Array} update  was taken and has to be sent again first */
  putBack(update) {
    this.#updates.unshift(update);
  }

  clear() {
    this.#updates = [];
  }

  /** @returns {Uint8Array | undefined} as much as fits into one event */
  take() {
    let size = 0;
    let count = 0;
    while (count < this.#updates.length) {
      size += this.#updates[count].length;
      if (count > 0 && size > MERGE_BYTES) break;
      count += 1;
    }
    const taken = this.#updates.splice(0, count);
    return taken.length > 1 ? Y.mergeUpdates(taken) : taken[0];
  }

  /**
   * Replaces the edits by all that the server lacks, which includes them; a server that lost what it
   * had acknowledged gets that again, too.
   * @param {Y.Doc} doc
   * @param {Uint8Array} serverVector
   */
  fillWithMissing(doc, serverVector) {
    const server = Y.decodeStateVector(serverVector);
    const here = Y.decodeStateVector(Y.encodeStateVector(doc));
    const ahead = [...here].some(([client, clock]) => clock > (server.get(client) ?? 0));
    if (ahead || !this.empty) this.#updates = [Y.encodeStateAsUpdate(doc, serverVector)];
  }
}
