import { copyWithFeedback } from "./clipboard.js";
import { byId, setText } from "./dom.js";
import { requestJson } from "./http.js";
import { editorLink, hostLink } from "./links.js";
import { strings } from "./strings.js";

/**
 * @typedef {object} ShareContext
 * @property {string} basePath
 * @property {() => string} sessionId
 * @property {() => string | null} hostKey
 * @property {() => string | null} resume
 */

/** The dialog with the links to copy or scan, and the settings of who can join by them. */
export class Share {
  #dialog = byId("share", HTMLDialogElement);
  /** @type {(() => void)[]} */
  #restores = [];
  #state;
  #context;
  /** The links according to the server: on loopback only the server knows its LAN address. */
  #serverLinks = { join: "", view: "" };
  /** How often the dialog was opened. */
  #opened = 0;

  /**
   * @param {import("./session_state.js").SessionState} state
   * @param {ShareContext} context
   */
  constructor(state, context) {
    this.#state = state;
    this.#context = context;
    for (const field of this.#dialog.querySelectorAll("[data-link]")) this.#listen(field);
    this.#dialog.addEventListener("close", () => {
      for (const restore of this.#restores.splice(0)) restore();
    });
    state.on("change", () => {
      if (this.#dialog.open) this.#draw();
    });
  }

  open() {
    if (this.#dialog.open) return;
    this.#opened += 1;
    this.#draw();
    this.#moveControlsIn();
    this.#dialog.showModal();
    void this.#askLinks();
  }

  /**
   * Moves the page's own controls into the dialog while it is open, because names must be unique.
   * Notices and requests move, too: a modal dialog makes everything outside inert.
   */
  #moveControlsIn() {
    for (const place of this.#dialog.querySelectorAll("[data-holds]")) {
      for (const id of place.getAttribute("data-holds")?.split(" ") ?? []) {
        const part = byId(id, HTMLElement);
        const home = document.createComment("");
        part.replaceWith(home);
        place.append(part);
        this.#restores.push(() => home.replaceWith(part));
      }
    }
  }

  /** The links have changed: forgets the old ones. */
  forget() {
    this.#serverLinks = { join: "", view: "" };
    if (this.#dialog.open) void this.#askLinks();
  }

  #draw() {
    const { session, isHost } = this.#state;
    const mayInvite = this.#state.may("invite");
    const { basePath, hostKey } = this.#context;
    const at = (/** @type {string} */ id) => editorLink(location.origin, basePath, id);
    const join = this.#serverLinks.join || at(session.session_id);
    const key = hostKey();
    this.#show("join", mayInvite ? join : null);
    this.#show("view", this.#viewLink(at));
    this.#show("host", isHost && key ? hostLink(join, key) : null);
    this.#show("id", session.session_id);
    const { comesIn, withPasscode } = strings.share;
    const asks = session.passcode_set && session.join_policy !== "locked" ? ` ${withPasscode}` : "";
    setText(byId("share-note", HTMLElement), comesIn[session.join_policy] + asks);
    const image = byId("share-qr", HTMLImageElement);
    const path = `${basePath}/api/sessions/${encodeURIComponent(session.session_id)}/qr.svg`;
    // Loaded again each time: the server's address may have changed.
    const source = `${path}?opened=${this.#opened}`;
    if (image.getAttribute("src") !== source) image.src = source;
    image.alt = mayInvite ? strings.share.qr : strings.share.viewQr;
  }

  /** @param {(id: string) => string} at */
  #viewLink(at) {
    const { session } = this.#state;
    if (this.#serverLinks.view) return this.#serverLinks.view;
    if (!this.#state.may("invite")) return at(session.session_id);
    return session.view_id ? at(session.view_id) : null;
  }

  /**
   * @param {string} name
   * @param {string | null} value  null hides the field
   */
  #show(name, value) {
    const field = this.#dialog.querySelector(`[data-link=${name}]`);
    const input = field?.querySelector("input");
    if (!(field instanceof HTMLElement) || !input) return;
    field.hidden = value === null;
    input.value = value ?? "";
  }

  /** @param {Element} field */
  #listen(field) {
    const input = field.querySelector("input");
    const label = field.querySelector("button span");
    if (!input || !(label instanceof HTMLElement)) return;
    input.addEventListener("focus", () => input.select());
    label.parentElement?.addEventListener(
      "click",
      () => void copyWithFeedback(label, input.value, strings.share),
    );
  }

  async #askLinks() {
    const { basePath, resume } = this.#context;
    const { session_id } = this.#state.session;
    const token = resume();
    try {
      const path = `${basePath}/api/sessions/${encodeURIComponent(session_id)}`;
      const { join_url, view_url } = await requestJson(path, {
        headers: token ? { Authorization: `Bearer ${token}` } : {},
      });
      this.#serverLinks = { join: text(join_url), view: text(view_url) };
      this.#draw();
    } catch {
      // Offline: keeps the links made from this page's address.
    }
  }
}

/**
 * @param {unknown} value
 * @returns {string}
 */
function text(value) {
  return typeof value === "string" ? value : "";
}
