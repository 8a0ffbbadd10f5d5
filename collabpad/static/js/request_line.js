import { element, icon, setText } from "./dom.js";
import { strings } from "./strings.js";

/**
 * @typedef {object} Asker
 * @property {string} id  participant
 * @property {string} key  another one when they ask anew
 * @property {string} name
 * @property {string} color  class
 *
 * @typedef {object} RequestWords  of one kind of request
 * @property {(others: number) => string} asks  what follows the first name
 * @property {(count: number) => string} all  of the heading over the list
 * @property {(count: number) => string} showAll  label of the button that opens the list
 * @property {string} yes
 * @property {(name: string) => string} yesLabel
 * @property {string} no
 * @property {(name: string) => string} noLabel
 * @property {string} [noneLabel]  label of the button that says no to everybody, where there is one
 *
 * @typedef {object} Answers
 * @property {(asker: Asker) => void} yes
 * @property {(asker: Asker) => void} no
 */

/**
 * All who ask for the same thing, in one line: the first by name, and how many more. The line opens
 * to a list in which each is answered.
 */
export class RequestLine {
  #answers;
  #place = element("div", { class: "request", hidden: true });
  #list;
  #open = false;
  #drawn = "";

  /**
   * @param {HTMLElement} parent
   * @param {string} kind  part of an ID
   * @param {Answers} answers
   */
  constructor(parent, kind, answers) {
    this.#answers = answers;
    this.#list = element("ul", { class: "request-list", id: `requests-${kind}`, role: "list" });
    parent.append(this.#place);
  }

  /**
   * @param {readonly Asker[]} askers  first first
   * @param {RequestWords} words
   * @returns {boolean} whether the button that had the keyboard is gone, and no other has it now
   */
  draw(askers, words) {
    if (askers.length < 2) this.#open = false;
    const drawn = JSON.stringify([askers, this.#open, words.yes]);
    if (drawn === this.#drawn) return false;
    this.#drawn = drawn;
    const focused = document.activeElement;
    const hadFocus = focused !== null && this.#place.contains(focused);
    const did = hadFocus ? focused.getAttribute("data-does") : null;
    this.#place.hidden = askers.length === 0;
    this.#list.replaceChildren(
      ...(this.#open ? askers.map((asker) => this.#row(asker, words)) : []),
    );
    this.#place.replaceChildren(...this.#line(askers, words));
    return hadFocus && !this.#focusAgain(did);
  }

  /**
   * The same button again, or the one for the whole list; never another person's.
   * @param {string | null} did
   */
  #focusAgain(did) {
    const find = (/** @type {string} */ does) =>
      this.#place.querySelector(`[data-does="${CSS.escape(does)}"]`);
    const next = (did === null ? null : find(did)) ?? find("toggle");
    if (next instanceof HTMLElement) next.focus();
    return next !== null;
  }

  /**
   * @param {readonly Asker[]} askers
   * @param {RequestWords} words
   * @returns {HTMLElement[]}
   */
  #line(askers, words) {
    const [first] = askers;
    if (!first) return [];
    const others = askers.length - 1;
    const text = element("p", { class: "request-text" });
    if (this.#open) setText(text, words.all(askers.length));
    else text.append(nameOf(first), words.asks(others));
    const buttons = element("span", { class: "row" });
    if (!this.#open) buttons.append(this.#yes(first, words));
    if (others === 0) buttons.append(this.#no(first, words));
    else buttons.append(this.#toggle(askers, words), ...this.#none(askers, words));
    const line = element("div", { class: "request-line" }, text, buttons);
    return this.#open ? [line, this.#list] : [line];
  }

  /**
   * @param {Asker} asker
   * @param {RequestWords} words
   */
  #row(asker, words) {
    const buttons = element("span", { class: "row" });
    buttons.append(this.#yes(asker, words), this.#no(asker, words));
    return element("li", { class: "request-line" }, nameOf(asker), buttons);
  }

  /**
   * @param {Asker} asker
   * @param {RequestWords} words
   */
  #yes(asker, words) {
    const made = button(`yes ${asker.id}`, words.yes, words.yesLabel(asker.name));
    made.className = "primary";
    made.addEventListener("click", ({ detail }) => {
      // The second half of a double click meets whoever has moved up into this place.
      if (detail <= 1) this.#answers.yes(asker);
    });
    return made;
  }

  /**
   * @param {Asker} asker
   * @param {RequestWords} words
   */
  #no(asker, words) {
    const made = button(`no ${asker.id}`, words.no, words.noLabel(asker.name));
    made.addEventListener("click", ({ detail }) => {
      if (detail <= 1) this.#answers.no(asker);
    });
    return made;
  }

  /**
   * @param {readonly Asker[]} askers
   * @param {RequestWords} words
   */
  #toggle(askers, words) {
    const made = button("toggle", strings.request.all(askers.length), words.showAll(askers.length));
    made.append(icon("chevron"));
    made.setAttribute("aria-expanded", String(this.#open));
    made.addEventListener("click", () => {
      const { top } = made.getBoundingClientRect();
      this.#open = !this.#open;
      this.draw(askers, words);
      this.#keepToggleAt(top);
    });
    return made;
  }

  /**
   * What is under the pointer stays there, also where the list is too long to be shown whole.
   * @param {number} top
   */
  #keepToggleAt(top) {
    const toggle = this.#place.querySelector("[data-does=toggle]");
    const scrolled = this.#place.closest(".strip");
    if (toggle && scrolled) scrolled.scrollTop += toggle.getBoundingClientRect().top - top;
  }

  /**
   * @param {readonly Asker[]} askers
   * @param {RequestWords} words
   */
  #none(askers, words) {
    if (!words.noneLabel) return [];
    const made = button("none", words.no, words.noneLabel);
    made.addEventListener("click", () => {
      for (const asker of askers) this.#answers.no(asker);
    });
    return [made];
  }
}

/** @param {Asker} asker */
function nameOf({ name, color }) {
  return element("b", { class: color, text: name, dir: "auto" });
}

/**
 * @param {string} does  the same for the same button after a redraw
 * @param {string} text
 * @param {string} label
 */
function button(does, text, label) {
  return element("button", { type: "button", "data-does": does, text, "aria-label": label });
}
