import { element, icon, isShown, setText } from "./dom.js";
import { keyHere, keyText } from "./keys.js";
import { GroupedAnnouncements } from "./grouped_announcements.js";
import { strings } from "./strings.js";

/** Focuses the newest notice. */
export const TO_NOTICE = Object.freeze({ key: "Alt-n", mac: "Ctrl-Shift-j" });
/** How long a notice without an action stays. */
const SHOWN_MS = 6000;
/** How many are shown at once; a button shows the others. */
const ROOM = Object.freeze({ small: 1, large: 2 });
/** Small screens; the same as in editor.css. */
const SMALL = "(max-width: 720px), (max-height: 460px)";

const ASKING = "button:not(.more-notices)";

/**
 * @typedef {{label: string, run?: () => void}} Choice  without `run` it just closes the notice
 *
 * @typedef {object} Notice  a notice that is shown
 * @property {() => void} dismiss
 * @property {(text: string) => void} reword  changes the text without announcing it
 */

/**
 * Short messages below the code that do not take the focus. Each is announced once, when it
 * appears.
 */
export class Notices {
  #place;
  #announcer;
  #small = window.matchMedia(SMALL);
  #spoken = new GroupedAnnouncements((text) => this.announce(text));
  #more = element("button", {
    type: "button",
    class: "quiet small more-notices",
    onclick: () => {
      this.#unfolded = !this.#unfolded;
      this.#arrange();
    },
  });
  #unfolded = false;
  /** @type {HTMLElement | null} what had the focus before a notice */
  #before = null;

  /**
   * @param {HTMLElement} place
   * @param {HTMLElement} announcer  a live region for screen readers only
   */
  constructor(place, announcer) {
    this.#place = place;
    this.#announcer = announcer;
    place.addEventListener("focusin", ({ relatedTarget }) => {
      if (relatedTarget instanceof HTMLElement && !place.contains(relatedTarget)) {
        this.#before = relatedTarget;
      }
    });
    this.#small.addEventListener("change", () => this.#arrange());
  }

  /**
   * Focuses the newest notice with choices, or else a request for the pen or to join.
   * @returns {boolean} whether there is one
   */
  focus() {
    const newest = this.#all.filter((notice) => notice.querySelector(ASKING)).at(-1);
    if (newest?.hidden) this.#more.click();
    const around = newest ?? this.#place.parentElement;
    const buttons = /** @type {HTMLElement[]} */ ([...(around?.querySelectorAll(ASKING) ?? [])]);
    const button = buttons.find(isShown);
    button?.focus();
    return button !== undefined;
  }

  /** @returns {HTMLElement[]} oldest first */
  get #all() {
    return /** @type {HTMLElement[]} */ ([...this.#place.querySelectorAll(".notice")]);
  }

  /** @param {HTMLElement} notice */
  #add(notice) {
    this.#place.append(notice);
    this.#arrange();
    this.announce(notice.querySelector("span")?.textContent ?? "");
  }

  /** @param {Element} notice  is removed; the focus goes back */
  #remove(notice) {
    if (!notice.isConnected) return;
    const focused = document.activeElement;
    const hadFocus = notice.contains(focused);
    notice.remove();
    this.#arrange();
    if (!hadFocus) return;
    if (focused === this.#more && this.#more.isConnected) this.#more.focus();
    else this.#before?.focus();
  }

  /** Shows the newest, and the one with the focus. */
  #arrange() {
    const all = this.#all;
    const room = this.#small.matches ? ROOM.small : ROOM.large;
    const active = document.activeElement;
    const focused = all.findIndex((each) => each.contains(active) && active !== this.#more);
    const first = all.length - room;
    const folded = all.filter((_, at) => at < first && at !== focused);
    if (folded.length === 0) this.#unfolded = false;
    for (const notice of all) notice.hidden = !this.#unfolded && folded.includes(notice);
    this.#drawMore(folded.length, all.at(-1));
  }

  /**
   * @param {number} count
   * @param {HTMLElement | undefined} newest  gets the button that shows the others
   */
  #drawMore(count, newest) {
    if (count === 0) {
      this.#more.remove();
      return;
    }
    this.#more.replaceChildren(strings.notices.more(count), icon("chevron"));
    this.#more.setAttribute("aria-label", strings.notices.moreLabel(count));
    this.#more.setAttribute("aria-expanded", String(this.#unfolded));
    const hadFocus = document.activeElement === this.#more;
    if (this.#more.parentElement !== newest) newest?.append(this.#more);
    if (hadFocus) this.#more.focus();
  }

  /**
   * Announces something that is visible elsewhere to screen readers.
   * @param {string} text
   */
  announce(text) {
    // A new line each time, so that the same text is announced again.
    const line = element("p", { text });
    this.#announcer.append(line);
    setTimeout(() => line.remove(), SHOWN_MS);
  }

  /**
   * Announces this about a person, in one sentence with others at about the same time.
   * @param {import("./grouped_announcements.js").Sentence} sentence
   * @param {string} name
   */
  announceGrouped(sentence, name) {
    this.#spoken.add(sentence, name);
  }

  /**
   * Shows a notice for as long as what it says is true.
   * @param {string} text
   * @param {boolean} holds
   */
  setLasting(text, holds) {
    const shown = this.#find(text);
    if (holds && !shown) {
      const notice = element("div", { class: "notice lasting", "data-text": text });
      notice.append(element("span", { text }));
      this.#add(notice);
    } else if (!holds && shown) this.#remove(shown);
  }

  /**
   * A notice with choices that disappears after a while.
   * @param {string} text
   * @param {Choice[]} choices
   * @param {{kind?: string, shownMs?: number}} [options]  `kind`: a class
   * @returns {Notice}
   */
  prompt(text, choices, { kind = "", shownMs = SHOWN_MS } = {}) {
    const same = this.#find(text);
    if (same) this.#remove(same);
    const notice = element("div", { class: `notice ${kind}`, "data-text": text });
    notice.append(element("span", { text }));
    if (choices.length > 0) notice.append(keyHint());
    for (const { label, run } of choices) {
      const onclick = () => {
        this.#remove(notice);
        run?.();
      };
      notice.append(element("button", { type: "button", text: label, onclick }));
    }
    notice.classList.toggle("plain", choices.length === 0);
    setTimeout(() => this.#remove(notice), shownMs);
    this.#add(notice);
    return this.#handle(notice);
  }

  /**
   * @param {HTMLElement} notice
   * @returns {Notice}
   */
  #handle(notice) {
    return {
      dismiss: () => this.#remove(notice),
      reword: (text) => {
        notice.setAttribute("data-text", text);
        const words = notice.querySelector("span");
        if (words) setText(words, text);
      },
    };
  }

  /** @param {string} text */
  #find(text) {
    return this.#all.find((other) => other.getAttribute("data-text") === text);
  }

  /**
   * @param {string} text
   * @param {{label: string, run: () => void}} [action]  the notice stays until it is closed
   * @returns {Notice}
   */
  show(text, action) {
    const same = this.#find(text);
    if (same) return this.#handle(same);
    const notice = element("div", { class: "notice", "data-text": text });
    const close = element(
      "button",
      {
        class: "quiet square",
        type: "button",
        "aria-label": strings.notices.close,
        onclick: () => this.#remove(notice),
      },
      icon("close"),
    );
    notice.append(element("span", { text }));
    if (action) {
      const act = () => {
        this.#remove(notice);
        action.run();
      };
      notice.append(element("button", { type: "button", text: action.label, onclick: act }));
    } else {
      setTimeout(() => this.#remove(notice), SHOWN_MS);
    }
    notice.append(close);
    this.#add(notice);
    return this.#handle(notice);
  }
}

function keyHint() {
  return element("kbd", { text: keyText(keyHere(TO_NOTICE)), "aria-hidden": "true" });
}
