import { Y, fromBase64, toBase64 } from "../vendor/editor.js";
import { crc32, textMissingFrom } from "./doc_compare.js";
import { Emitter } from "./emitter.js";
import { Outbox } from "./outbox.js";
import { MERGE_BYTES, NOT_SAVED, RETRY_CODES, TEXT_NAME, UPDATE_BYTES } from "./protocol.js";

/**
 * @typedef {object} Transport  what the provider needs of the connection
 * @property {Pick<import("./connection.js").Connection, "request">["request"]} request  resolves to
 *   the acknowledgement; rejects if there will be none
 * @property {() => void} rejoin  joins again with the current `stateVector`
 *
 * @typedef {{code: string, text: string}} Rejection  why the document was replaced, and the text
 *   that the server did not take
 *
 * @typedef {object} ProviderEvents
 * @property {void} saved  `saved` or `delivered` may have changed
 * @property {Rejection} replaced  there is a new `text` object
 * @property {Uint8Array} edited  an update that was made on this page
 */

const FIRST_RETRY_MS = 400;
const LAST_RETRY_MS = 5000;
/** A server that cannot save still passes edits on, so they must not wait long. */
const UNSAVED_RETRY_MS = 1000;

/** Origin of edits that an earlier page left: they are sent, but already stored. */
const ADOPTED = Symbol("adopted");

/** Used like an error code: the texts differ although both sides have the same updates. */
const ASTRAY = "astray";

/** The state vector of an empty document, to ask for everything. */
const NOTHING_KNOWN = toBase64(Y.encodeStateVector(new Y.Doc()));

/**
 * Keeps a Yjs document in sync with the server's. Edits stay in the outbox until the server has
 * acknowledged them. Updates are sent one after the other; each contains everything typed while the
 * one before was in flight.
 *
 * @extends {Emitter<ProviderEvents>}
 */
export class Provider extends Emitter {
  #transport;
  #doc = new Y.Doc();
  #outbox = new Outbox();
  /** @type {Uint8Array | null} sent, not acknowledged yet */
  #sent = null;
  /** The server has the sent update, but could not save it yet. */
  #unsaved = false;
  /** @type {Uint8Array[]} from earlier pages; they build on the server's state */
  #adopted = [];
  #joined = false;
  /** Counts joins and losses of the connection, so that answers to earlier ones are ignored. */
  #generation = 0;
  #retryDelay = FIRST_RETRY_MS;
  /** @type {string | null} the error code after which the document starts over */
  #refusedWith = null;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #retry;
  /** The document just started over; doing so again would not help. */
  #justMended = false;
  /** A comparison was due while edits were not acknowledged. */
  #compareWhenSaved = false;

  /** @param {Transport} transport */
  constructor(transport) {
    super();
    this.#transport = transport;
    this.#watch();
  }

  get text() {
    return this.#doc.getText(TEXT_NAME);
  }

  /** Whether the server has saved all edits of this page. */
  get saved() {
    return this.#sent === null && this.#nothingToSend;
  }

  /** Whether the server has all edits of this page, saved or not. */
  get delivered() {
    return (this.#sent === null || this.#unsaved) && this.#nothingToSend;
  }

  get #nothingToSend() {
    return this.#outbox.empty && this.#adopted.length === 0 && this.#refusedWith === null;
  }

  /**
   * Waits until the server has all edits so far.
   * @param {number} patience  ms
   * @returns {Promise<boolean>} whether it has
   */
  async whenDelivered(patience) {
    if (this.delivered) return true;
    return new Promise((resolve) => {
      const done = () => {
        stop();
        clearTimeout(timer);
        resolve(this.delivered);
      };
      const timer = setTimeout(done, patience);
      const stop = this.on("saved", () => {
        if (this.delivered) done();
      });
    });
  }

  /**
   * Takes over unacknowledged edits of earlier pages.
   * @param {Uint8Array[]} updates
   */
  adopt(updates) {
    this.#adopted.push(...updates);
    if (this.#joined && this.#refusedWith === null) this.#applyAdopted();
  }

  /** @returns {string} for the next join; base64 */
  stateVector() {
    return this.#refusedWith === null ? toBase64(Y.encodeStateVector(this.#doc)) : NOTHING_KNOWN;
  }

  /** @param {{update: string, state_vector: string}} ack  of the join */
  joined({ update, state_vector }) {
    this.#nextGeneration();
    this.#joined = true;
    if (this.#refusedWith !== null) this.#startOver(fromBase64(update));
    else {
      Y.applyUpdate(this.#doc, fromBase64(update), this);
      this.#applyAdopted();
      this.#outbox.fillWithMissing(this.#doc, fromBase64(state_vector));
    }
    this.emit("saved", undefined);
    void this.#send();
  }

  disconnected() {
    this.#nextGeneration();
    this.#joined = false;
  }

  /**
   * Asks the server whether its text is the same, and repairs differences. If both sides have the
   * same updates but different texts, the document has to start over.
   */
  async compare() {
    const mended = this.#justMended;
    this.#justMended = false;
    this.#compareWhenSaved = !mended && !this.saved;
    if (mended || !this.#joined || !this.saved) return;
    const generation = this.#generation;
    const mine = { state_vector: this.stateVector(), hash: crc32(this.text.toString()) };
    const ack = await this.#transport.request("doc_check", mine);
    if (generation !== this.#generation || !ack.ok || ack.same) return;
    if (ack.astray) {
      this.#refusedWith = ASTRAY;
      this.#transport.rejoin();
      return;
    }
    const { update, state_vector } = /** @type {Required<typeof ack>} */ (ack);
    Y.applyUpdate(this.#doc, fromBase64(update), this);
    if (!this.saved) return;
    this.#outbox.fillWithMissing(this.#doc, fromBase64(state_vector));
    if (!this.saved) this.emit("saved", undefined);
    void this.#send();
  }

  /** @param {{update: string}} event  somebody else's `doc_update` */
  receive({ update }) {
    Y.applyUpdate(this.#doc, fromBase64(update), this);
  }

  #applyAdopted() {
    for (const update of this.#adopted.splice(0)) Y.applyUpdate(this.#doc, update, ADOPTED);
  }

  #nextGeneration() {
    this.#generation += 1;
    clearTimeout(this.#retry);
    this.#unsaved = false;
    if (this.#sent) this.#outbox.putBack(this.#sent);
    this.#sent = null;
  }

  #watch() {
    this.#doc.on("update", (/** @type {Uint8Array} */ update, /** @type {unknown} */ origin) => {
      if (origin === this) return;
      const wasSaved = this.saved;
      this.#outbox.push(update);
      if (origin !== ADOPTED) this.emit("edited", update);
      if (wasSaved) this.emit("saved", undefined);
      void this.#send();
    });
  }

  async #send() {
    if (!this.#joined || this.#sent || this.#refusedWith !== null) return;
    const update = this.#outbox.take();
    if (!update) return;
    this.#sent = update;
    await this.#deliver(update);
  }

  /** @param {Uint8Array} update */
  async #deliver(update) {
    // Too large a frame would close the connection, again after each rejoin.
    if (update.length > UPDATE_BYTES) return this.#notTaken(update, "too_large");
    const generation = this.#generation;
    let ack;
    try {
      ack = await this.#transport.request("doc_update", { update: toBase64(update) });
    } catch {
      // It may have arrived or not: the rejoin exchanges what each side lacks.
      if (generation === this.#generation) this.#transport.rejoin();
      return;
    }
    if (generation !== this.#generation) return;
    if (ack.ok) this.#acknowledged();
    else this.#notTaken(update, ack.error.code);
  }

  #acknowledged() {
    this.#sent = null;
    this.#unsaved = false;
    this.#retryDelay = FIRST_RETRY_MS;
    if (this.saved) this.emit("saved", undefined);
    if (this.saved && this.#compareWhenSaved) void this.compare().catch(() => undefined);
    void this.#send();
  }

  /**
   * @param {Uint8Array} update
   * @param {string} code
   */
  #notTaken(update, code) {
    if (RETRY_CODES.has(code)) {
      this.#unsaved = code === NOT_SAVED;
      this.emit("saved", undefined);
      const longest = this.#unsaved ? UNSAVED_RETRY_MS : LAST_RETRY_MS;
      this.#retry = setTimeout(() => this.#sendAgain(update), this.#retryDelay);
      this.#retryDelay = Math.min(this.#retryDelay * 2, longest);
      return;
    }
    this.#refusedWith = code;
    this.#transport.rejoin();
  }

  /**
   * Sends an update that the server could not save again, with the edits since then, so that the
   * others see those in the meantime.
   * @param {Uint8Array} update
   */
  #sendAgain(update) {
    if (this.#unsaved && update.length < MERGE_BYTES) {
      const more = this.#outbox.take();
      if (more) update = Y.mergeUpdates([update, more]);
      this.#sent = update;
      this.#unsaved = false;
    }
    void this.#deliver(update);
  }

  /**
   * A CRDT cannot remove an edit. After a refusal a new document with a new client ID starts from
   * the server's state.
   * @param {Uint8Array} state
   */
  #startOver(state) {
    const refused = this.#doc;
    const code = this.#refusedWith ?? "";
    const hadUnsent = !this.#outbox.empty;
    this.#doc = new Y.Doc();
    Y.applyUpdate(this.#doc, state, this);
    this.#watch();
    this.#refusedWith = null;
    this.#justMended = code === ASTRAY;
    this.#outbox.clear();
    const text = hadUnsent ? textMissingFrom(this.#doc, refused) : "";
    refused.destroy();
    this.emit("replaced", { code, text });
  }
}
