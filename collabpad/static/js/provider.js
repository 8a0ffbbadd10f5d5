import { Y, fromBase64, toBase64 } from "../vendor/editor.js";
import { crc32 } from "./crc32.js";
import { Emitter } from "./emitter.js";
import { MERGE_BYTES, RETRY_CODES, TEXT_NAME, UPDATE_BYTES } from "./protocol.js";

/**
 * @typedef {object} Transport  what the provider needs of the connection
 * @property {(event: string, payload: object) => Promise<import("./protocol.js").Ack>} request
 *   resolves to the acknowledgement; rejects when there will be none
 * @property {() => void} rejoin  joins again, asking for what `stateVector` lacks
 *
 * @typedef {{code: string, text: string}} Loss  what was refused, and the text that went with it
 *
 * @typedef {object} ProviderEvents
 * @property {void} saved  whether everything is acknowledged has changed
 * @property {Loss | null} replaced  `text` is another object now; with the loss if there was one
 * @property {string} trouble  the code with which the server asks to send the same again later
 */

const FIRST_RETRY_MS = 400;
const LAST_RETRY_MS = 5000;

/** Stands where a refusal's code would: the texts differ although both sides have the same. */
const ASTRAY = "astray";

/** The state vector of an empty document: asks the server for everything. */
const NOTHING_KNOWN = toBase64(Y.encodeStateVector(new Y.Doc()));

/**
 * Keeps a Yjs document and the server's the same. What was typed here stays in the outbox until
 * the server has acknowledged it; updates go out one after the other, each holding all that was
 * typed while the one before was on its way.
 *
 * @extends {Emitter<ProviderEvents>}
 */
export class Provider extends Emitter {
  #transport;
  #doc = new Y.Doc();
  /** @type {Uint8Array[]} typed here, not sent yet */
  #outbox = [];
  /** @type {Uint8Array | null} sent, not acknowledged yet */
  #sent = null;
  #joined = false;
  /** Counts joins and losses of the connection: an answer to an earlier one means nothing. */
  #turn = 0;
  #retryDelay = FIRST_RETRY_MS;
  /** @type {string | null} the code of the refusal after which the document starts anew */
  #refusedWith = null;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #retry;
  /** What a new start could not mend, another one right after it would not either. */
  #justMended = false;

  /** @param {Transport} transport */
  constructor(transport) {
    super();
    this.#transport = transport;
    this.#watch();
  }

  get text() {
    return this.#doc.getText(TEXT_NAME);
  }

  /** Whether everything that was typed here is known to be stored by the server. */
  get saved() {
    return this.#outbox.length === 0 && this.#sent === null && this.#refusedWith === null;
  }

  /**
   * Waits until everything typed so far is stored.
   * @param {number} patience  ms
   * @returns {Promise<boolean>} whether it is
   */
  async whenSaved(patience) {
    if (this.saved) return true;
    return new Promise((resolve) => {
      const done = () => {
        stop();
        clearTimeout(timer);
        resolve(this.saved);
      };
      const timer = setTimeout(done, patience);
      const stop = this.on("saved", () => {
        if (this.saved) done();
      });
    });
  }

  /** @returns {string} for the next join; base64 */
  stateVector() {
    return this.#refusedWith === null ? toBase64(Y.encodeStateVector(this.#doc)) : NOTHING_KNOWN;
  }

  /** @param {{update: string, state_vector: string}} ack  of the join */
  joined({ update, state_vector }) {
    this.#newTurn();
    this.#joined = true;
    if (this.#refusedWith !== null) this.#startAnew(fromBase64(update));
    else {
      Y.applyUpdate(this.#doc, fromBase64(update), this);
      this.#queueWhatServerLacks(fromBase64(state_vector));
    }
    this.emit("saved", undefined);
    void this.#send();
  }

  disconnected() {
    this.#newTurn();
    this.#joined = false;
  }

  /**
   * Asks the server whether its text is the same, and mends what is not. Both sides count what
   * they have; where the counts agree and the texts do not, only a new start helps.
   */
  async compare() {
    const mended = this.#justMended;
    this.#justMended = false;
    if (mended || !this.#joined || !this.saved) return;
    const turn = this.#turn;
    const mine = { state_vector: this.stateVector(), hash: crc32(this.text.toString()) };
    const ack = await this.#transport.request("doc_check", mine);
    if (turn !== this.#turn || !ack.ok || ack.same) return;
    if (ack.astray) {
      this.#refusedWith = ASTRAY;
      this.#transport.rejoin();
      return;
    }
    const { update, state_vector } = /** @type {Record<string, string>} */ (ack);
    Y.applyUpdate(this.#doc, fromBase64(update), this);
    if (!this.saved) return;
    this.#queueWhatServerLacks(fromBase64(state_vector));
    if (!this.saved) this.emit("saved", undefined);
    void this.#send();
  }

  /** @param {{update: string}} event  a `doc_update` of somebody else's */
  receive({ update }) {
    Y.applyUpdate(this.#doc, fromBase64(update), this);
  }

  #newTurn() {
    this.#turn += 1;
    clearTimeout(this.#retry);
    if (this.#sent) this.#outbox.unshift(this.#sent);
    this.#sent = null;
  }

  #watch() {
    this.#doc.on("update", (/** @type {Uint8Array} */ update, /** @type {unknown} */ origin) => {
      if (origin === this) return;
      const wasSaved = this.saved;
      this.#outbox.push(update);
      if (wasSaved) this.emit("saved", undefined);
      void this.#send();
    });
  }

  /**
   * The outbox is replaced by the difference to what the server has, which holds it all; a server
   * that lost what it once acknowledged gets that again too.
   * @param {Uint8Array} serverVector
   */
  #queueWhatServerLacks(serverVector) {
    const server = Y.decodeStateVector(serverVector);
    const here = Y.decodeStateVector(Y.encodeStateVector(this.#doc));
    const ahead = [...here].some(([client, clock]) => clock > (server.get(client) ?? 0));
    const owed = ahead || this.#outbox.length > 0;
    this.#outbox = owed ? [Y.encodeStateAsUpdate(this.#doc, serverVector)] : [];
  }

  async #send() {
    if (!this.#joined || this.#sent || this.#refusedWith !== null) return;
    const update = this.#takeFromOutbox();
    if (!update) return;
    this.#sent = update;
    await this.#deliver(update);
  }

  /** @returns {Uint8Array | undefined} as much as fits into one event */
  #takeFromOutbox() {
    let size = 0;
    let count = 0;
    while (count < this.#outbox.length) {
      size += this.#outbox[count].length;
      if (count > 0 && size > MERGE_BYTES) break;
      count += 1;
    }
    const taken = this.#outbox.splice(0, count);
    return taken.length > 1 ? Y.mergeUpdates(taken) : taken[0];
  }

  /** @param {Uint8Array} update */
  async #deliver(update) {
    // A frame too large would end the connection, and after each return the next one.
    if (update.length > UPDATE_BYTES) return this.#notTaken(update, "too_large");
    const turn = this.#turn;
    let ack;
    try {
      ack = await this.#transport.request("doc_update", { update: toBase64(update) });
    } catch {
      // Nobody can tell whether it arrived: the next join compares what each side has.
      if (turn === this.#turn) this.#transport.rejoin();
      return;
    }
    if (turn !== this.#turn) return;
    if (ack.ok) this.#acknowledged();
    else this.#notTaken(update, ack.error?.code ?? "internal");
  }

  #acknowledged() {
    this.#sent = null;
    this.#retryDelay = FIRST_RETRY_MS;
    if (this.saved) this.emit("saved", undefined);
    void this.#send();
  }

  /**
   * @param {Uint8Array} update
   * @param {string} code
   */
  #notTaken(update, code) {
    if (RETRY_CODES.has(code)) {
      this.emit("trouble", code);
      this.#retry = setTimeout(() => void this.#deliver(update), this.#retryDelay);
      this.#retryDelay = Math.min(this.#retryDelay * 2, LAST_RETRY_MS);
      return;
    }
    this.#refusedWith = code;
    this.#transport.rejoin();
  }

  /**
   * An edit cannot be taken out of a CRDT: after a refusal a new document, with a new client ID,
   * starts from the server's state.
   * @param {Uint8Array} state
   */
  #startAnew(state) {
    const refused = this.#doc;
    const code = this.#refusedWith ?? "";
    const hadUnsent = this.#outbox.length > 0;
    this.#doc = new Y.Doc();
    Y.applyUpdate(this.#doc, state, this);
    this.#watch();
    this.#refusedWith = null;
    this.#justMended = code === ASTRAY;
    this.#outbox = [];
    const text = hadUnsent ? textUnknownTo(this.#doc, refused) : "";
    refused.destroy();
    this.emit("replaced", text ? { code, text } : null);
  }
}

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
