import { Emitter } from "./emitter.js";

/** Below this width one panel at a time is below the code; the same as in the CSS. */
const PHONE = "(max-width: 720px)";

/** @typedef {"people" | "chat" | "output"} PanelName */

/** The mark on a wide page that changes a panel's default. */
const MARKS = Object.freeze(
  /** @type {const} */ ({
    people: { mark: "closed", opens: false },
    chat: { mark: "open", opens: true },
    output: { mark: "folded", opens: false },
  }),
);

/**
 * Which panels are open: any of them on a wide page, one at a time on a phone. No DOM.
 *
 * @extends {Emitter<{change: void, reopen: void}>}  `reopen`: a panel that is hidden for typing was
 *   asked for
 */
export class Panels extends Emitter {
  #layout;
  #phone;
  /** @type {Set<PanelName>} */
  #news = new Set();
  #hiddenForTyping = false;

  /**
   * @param {Pick<import("./layout.js").Layout, "mark" | "setMark">} layout
   * @param {Pick<MediaQueryList, "matches" | "addEventListener">} [phone]
   */
  constructor(layout, phone = window.matchMedia(PHONE)) {
    super();
    this.#layout = layout;
    this.#phone = phone;
    phone.addEventListener("change", () => this.emit("change", undefined));
  }

  get onPhone() {
    return this.#phone.matches;
  }

  get chatDocked() {
    return this.#layout.mark("dock") === "docked";
  }

  set chatDocked(docked) {
    this.#layout.setMark("dock", docked ? "docked" : null);
    this.emit("change", undefined);
  }

  /** On a phone the panel is hidden while you type code. @param {boolean} hidden */
  set hiddenForTyping(hidden) {
    if (hidden === this.#hiddenForTyping) return;
    this.#hiddenForTyping = hidden;
    this.emit("change", undefined);
  }

  /** @param {PanelName} name */
  shown(name) {
    if (this.onPhone) return !this.#hiddenForTyping && this.#layout.mark("panel") === name;
    const { mark, opens } = MARKS[name];
    return (this.#layout.mark(name) === mark) === opens;
  }

  /**
   * @param {PanelName} name
   * @param {boolean} open
   */
  show(name, open) {
    if (open && this.#hiddenForTyping) this.emit("reopen", undefined);
    if (open) this.#news.delete(name);
    if (open !== this.shown(name)) this.#mark(name, open);
    this.emit("change", undefined);
  }

  /** @param {PanelName} name */
  toggle(name) {
    this.show(name, !this.shown(name));
  }

  /**
   * Marks the panel's button: there is something new, but opening the panel would hide another.
   * @param {PanelName} name
   */
  bringNews(name) {
    if (!this.shown(name)) this.#news.add(name);
    this.emit("change", undefined);
  }

  /** @param {PanelName} name */
  hasNews(name) {
    return this.#news.has(name);
  }

  /**
   * @param {PanelName} name
   * @param {boolean} open
   */
  #mark(name, open) {
    const { mark, opens } = MARKS[name];
    if (this.onPhone) this.#layout.setMark("panel", open ? name : null);
    else this.#layout.setMark(name, open === opens ? mark : null);
  }
}
