import { element, icon, isShown, setText } from "./dom.js";
import { keyHere, keyText } from "./keys.js";
import { GroupedAnnouncements } from "./grouped_announcements.js";
import { strings } from "./strings.js";

/** Brings the keyboard to the newest notice. */
export const TO_NOTICE = Object.freeze({ key: "Alt-n", mac: "Ctrl-Shift-j" });
/** How long a notice without an action stays. */
const SHOWN_MS = 6000;
/** So many are shown at once; the others wait behind a button. */
const ROOM = Object.freeze({ small: 1, large: 2 });
/** Where there is little room; the same as in editor.css. */
const SMALL = "(max-width: 720px), (max-height: 460px)";

const ASKING = "button:not(.more-notices)";

/**
 * @typedef {{label: string, run?: () => void}} Choice  without `run` it only closes the notice
 *
 * @typedef {object} Notice  one that is shown
 * @property {() => void} dismiss
 * @property {(text: string) => void} reword  shows it with other words, which are not announced
 */

/**
 * Short messages below the code that take no focus and need no answer. Each is announced once, when
 * it comes.
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
  /** @type {HTMLElement | null} where the keyboard was before it came to a notice */
  #before = null;

  /**
   * @param {HTMLElement} place
   * @param {HTMLElement} announcer  a live region that is only heard
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
   * Brings the keyboard to the newest notice that asks something, or else to who asks for the pen
   * or knocks.
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

  /** @returns {HTMLElement[]} the oldest first */
  get #all() {
    return /** @type {HTMLElement[]} */ ([...this.#place.querySelectorAll(".notice")]);
  }

  /** @param {HTMLElement} notice */
  #add(notice) {
    this.#place.append(notice);
    this.#arrange();
    this.announce(notice.querySelector("span")?.textContent ?? "");
  }

  /** @param {Element} notice  goes; the keyboard goes back to where it was before */
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

  /** Shows the newest; what the keyboard is on stays. */
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
   * @param {HTMLElement | undefined} newest  has the button that shows the others
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
   * Said by screen readers, not shown: for what can be seen elsewhere.
   * @param {string} text
   */
  announce(text) {
    // A line of its own, so that the same words are spoken twice when they happen twice.
    const line = element("p", { text });
    this.#announcer.append(line);
    setTimeout(() => line.remove(), SHOWN_MS);
  }

  /**
   * Says it of this person, and in the same breath of those to whom it happens within a moment.
   * @param {import("./grouped_announcements.js").Sentence} sentence
   * @param {string} name
   */
  announceGrouped(sentence, name) {
    this.#spoken.add(sentence, name);
  }

  /**
   * A notice that stays for as long as what it says holds.
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
   * A notice with choices that goes by itself after a while.
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
   * @param {{label: string, run: () => void}} [action]  makes the notice stay until it is closed
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
