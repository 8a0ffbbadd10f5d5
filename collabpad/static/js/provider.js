import { Y, fromBase64, toBase64 } from "../vendor/editor.js";
import { crc32, textMissingFrom } from "./doc_compare.js";
import { Emitter } from "./emitter.js";
import { Outbox } from "./outbox.js";
import { MERGE_BYTES, NOT_SAVED, RETRY_CODES, TEXT_NAME, UPDATE_BYTES } from "./protocol.js";

/**
 * @typedef {object} Transport  what the provider needs of the connection
 * @property {Pick<import("./connection.js").Connection, "request">["request"]} request  resolves to
 *   the acknowledgement; rejects when there will be none
 * @property {() => void} rejoin  joins again, asking for what `stateVector` lacks
 *
 * @typedef {{code: string, text: string}} Rejection  why the text is another now, and what was typed here
 *   and did not get to the server
 *
 * @typedef {object} ProviderEvents
 * @property {void} saved  whether everything is acknowledged has changed
 * @property {Rejection} replaced  `text` is another object now
 * @property {Uint8Array} edited  the update that was just made here
 */

const FIRST_RETRY_MS = 400;
const LAST_RETRY_MS = 5000;
/** While the server cannot save it still passes on what is sent: that must not wait long. */
const UNSAVED_RETRY_MS = 1000;

/** Marks what an earlier page left: it is sent like any edit, and is kept already. */
const ADOPTED = Symbol("adopted");

/** Stands where a refusal's code would: the texts differ although both sides have the same. */
export const ASTRAY = "astray";

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
  #outbox = new Outbox();
  /** @type {Uint8Array | null} sent, not acknowledged yet */
  #sent = null;
  /** The server has what was sent, and could not save it yet. */
  #unsaved = false;
  /** @type {Uint8Array[]} of earlier pages; they build on what the server has */
  #adopted = [];
  #joined = false;
  /** Counts joins and losses of the connection: an answer to an earlier one means nothing. */
  #generation = 0;
  #retryDelay = FIRST_RETRY_MS;
  /** @type {string | null} the code of the refusal after which the document starts anew */
  #refusedWith = null;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #retry;
  /** What a new start could not mend, another one right after it would not either. */
  #justMended = false;
  /** There was something to compare while not everything was acknowledged. */
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

  /** Whether everything that was typed here is known to be stored by the server. */
  get saved() {
    return this.#sent === null && this.#nothingToSend;
  }

  /** Whether the server has everything that was typed here, stored or not. */
  get delivered() {
    return (this.#sent === null || this.#unsaved) && this.#nothingToSend;
  }

  get #nothingToSend() {
    return this.#outbox.empty && this.#adopted.length === 0 && this.#refusedWith === null;
  }

  /**
   * Waits until the server has everything typed so far.
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
   * Takes up what earlier pages had typed and the server has not acknowledged.
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
    if (this.#refusedWith !== null) this.#startAnew(fromBase64(update));
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
   * Asks the server whether its text is the same, and mends what is not. Both sides count what
   * they have; where the counts agree and the texts do not, only a new start helps.
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

  /** @param {{update: string}} event  a `doc_update` of somebody else's */
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
    // A frame too large would end the connection, and after each return the next one.
    if (update.length > UPDATE_BYTES) return this.#notTaken(update, "too_large");
    const generation = this.#generation;
    let ack;
    try {
      ack = await this.#transport.request("doc_update", { update: toBase64(update) });
    } catch {
      // Nobody can tell whether it arrived: the next join compares what each side has.
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
   * What the server has and could not save goes again together with what was typed since, so that
   * the others see that meanwhile.
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
   * An edit cannot be taken out of a CRDT: after a refusal a new document, with a new client ID,
   * starts from the server's state.
   * @param {Uint8Array} state
   */
  #startAnew(state) {
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
