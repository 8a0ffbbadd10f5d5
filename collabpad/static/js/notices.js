import { element, icon } from "./dom.js";
import { keyText } from "./keys.js";
import { strings } from "./strings.js";

/** Brings the keyboard to the newest notice. */
export const NOTICE_KEY = "Alt-n";
/** How long a notice without an action stays. */
const SHOWN_MS = 6000;

/** @typedef {{label: string, run?: () => void}} Choice  without `run` it only closes the notice */

/**
 * Short messages over the code that take no focus and need no answer.
 */
export class Notices {
  #place;
  #announcer;
  /** @type {HTMLElement | null} where the keyboard was before it came to a notice */
  #before = null;

  /**
   * @param {HTMLElement} place  a status region
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
  }

  /**
   * Brings the keyboard to the newest notice that asks something.
   * @returns {boolean} whether there is one
   */
  focus() {
    const asking = [...this.#place.children].filter((notice) => notice.querySelector("button"));
    const button = asking.at(-1)?.querySelector("button");
    button?.focus();
    return button !== undefined;
  }

  /** @param {Element} notice  goes; the keyboard goes back to where it was before */
  #remove(notice) {
    const focused = notice.contains(document.activeElement);
    notice.remove();
    if (focused) this.#before?.focus();
  }

  /**
   * Said by screen readers, not shown: for what can be seen elsewhere.
   * @param {string} text
   */
  say(text) {
    // A line of its own, so that the same words are spoken twice when they happen twice.
    const line = element("p", { text });
    this.#announcer.append(line);
    setTimeout(() => line.remove(), SHOWN_MS);
  }

  /**
   * A notice that stays for as long as what it says holds.
   * @param {string} text
   * @param {boolean} holds
   */
  hold(text, holds) {
    const shown = this.#find(text);
    if (holds && !shown) {
      const notice = element("div", { class: "notice lasting", "data-text": text });
      notice.append(element("span", { text }));
      this.#place.append(notice);
    } else if (!holds && shown) this.#remove(shown);
  }

  /**
   * A notice with choices that goes by itself after a while.
   * @param {string} text
   * @param {Choice[]} choices
   * @param {{kind?: string, shownMs?: number}} [options]  `kind`: a class
   * @returns {() => void} withdraws it
   */
  ask(text, choices, { kind = "", shownMs = SHOWN_MS } = {}) {
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
    this.#place.append(notice);
    return () => this.#remove(notice);
  }

  /** @param {string} text */
  #find(text) {
    return [...this.#place.children].find((other) => other.getAttribute("data-text") === text);
  }

  /**
   * @param {string} text
   * @param {{label: string, run: () => void}} [action]  makes the notice stay until it is closed
   */
  show(text, action) {
    if (this.#find(text)) return;
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
    this.#place.append(notice);
  }
}

function keyHint() {
  return element("kbd", { text: keyText(NOTICE_KEY), "aria-hidden": "true" });
}
