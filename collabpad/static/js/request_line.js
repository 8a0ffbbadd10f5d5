import { element, icon, setText } from "./dom.js";
import { strings } from "./strings.js";

/**
 * @typedef {object} Requester
 * @property {string} id  participant
 * @property {string} key  changes when they ask again
 * @property {string} name
 * @property {string} color  class
 *
 * @typedef {object} RequestWords  of one kind of request
 * @property {(others: number) => string} asks  text after the first name
 * @property {(count: number) => string} all  heading of the list
 * @property {(count: number) => string} showAll  label of the button that opens the list
 * @property {string} yes
 * @property {(name: string) => string} yesLabel
 * @property {string} no
 * @property {(name: string) => string} noLabel
 * @property {string} [noneLabel]  label of the button that says no to everybody, if there is one
 *
 * @typedef {object} Answers
 * @property {(requester: Requester) => void} yes
 * @property {(requester: Requester) => void} no
 */

/**
 * Everybody who asks for the same thing, on one line: the first name and how many others. It opens
 * into a list with buttons for each.
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
   * @param {readonly Requester[]} requesters  in order of asking
   * @param {RequestWords} words
   * @returns {boolean} whether the focused button is gone and nothing else got the focus
   */
  draw(requesters, words) {
    if (requesters.length < 2) this.#open = false;
    const drawn = JSON.stringify([requesters, this.#open, words.yes]);
    if (drawn === this.#drawn) return false;
    this.#drawn = drawn;
    const focused = document.activeElement;
    const hadFocus = focused !== null && this.#place.contains(focused);
    const did = hadFocus ? focused.getAttribute("data-does") : null;
    this.#place.hidden = requesters.length === 0;
    this.#list.replaceChildren(
      ...(this.#open ? requesters.map((requester) => this.#row(requester, words)) : []),
    );
    this.#place.replaceChildren(...this.#line(requesters, words));
    return hadFocus && !this.#focusAgain(did);
  }

  /**
   * Focuses the same button, or the one for the whole list, but never another person's.
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
   * @param {readonly Requester[]} requesters
   * @param {RequestWords} words
   * @returns {HTMLElement[]}
   */
  #line(requesters, words) {
    const [first] = requesters;
    if (!first) return [];
    const others = requesters.length - 1;
    const text = element("p", { class: "request-text" });
    if (this.#open) setText(text, words.all(requesters.length));
    else text.append(nameOf(first), words.asks(others));
    const buttons = element("span", { class: "row" });
    if (!this.#open) buttons.append(this.#yes(first, words));
    if (others === 0) buttons.append(this.#no(first, words));
    else buttons.append(this.#toggle(requesters, words), ...this.#none(requesters, words));
    const line = element("div", { class: "request-line" }, text, buttons);
    return this.#open ? [line, this.#list] : [line];
  }

  /**
   * @param {Requester} requester
   * @param {RequestWords} words
   */
  #row(requester, words) {
    const buttons = element("span", { class: "row" });
    buttons.append(this.#yes(requester, words), this.#no(requester, words));
    return element("li", { class: "request-line" }, nameOf(requester), buttons);
  }

  /**
   * @param {Requester} requester
   * @param {RequestWords} words
   */
  #yes(requester, words) {
    const made = button(`yes ${requester.id}`, words.yes, words.yesLabel(requester.name));
    made.className = "primary";
    made.addEventListener("click", ({ detail }) => {
      // The second click of a double click would hit the person who moved up.
      if (detail <= 1) this.#answers.yes(requester);
    });
    return made;
  }

  /**
   * @param {Requester} requester
   * @param {RequestWords} words
   */
  #no(requester, words) {
    const made = button(`no ${requester.id}`, words.no, words.noLabel(requester.name));
    made.addEventListener("click", ({ detail }) => {
      if (detail <= 1) this.#answers.no(requester);
    });
    return made;
  }

  /**
   * @param {readonly Requester[]} requesters
   * @param {RequestWords} words
   */
  #toggle(requesters, words) {
    const made = button(
      "toggle",
      strings.request.all(requesters.length),
      words.showAll(requesters.length),
    );
    made.append(icon("chevron"));
    made.setAttribute("aria-expanded", String(this.#open));
    made.addEventListener("click", () => {
      const { top } = made.getBoundingClientRect();
      this.#open = !this.#open;
      this.draw(requesters, words);
      this.#keepToggleAt(top);
    });
    return made;
  }

  /**
   * Keeps the button under the pointer, even if the list has to scroll.
   * @param {number} top
   */
  #keepToggleAt(top) {
    const toggle = this.#place.querySelector("[data-does=toggle]");
    const scrolled = this.#place.closest(".strip");
    if (toggle && scrolled) scrolled.scrollTop += toggle.getBoundingClientRect().top - top;
  }

  /**
   * @param {readonly Requester[]} requesters
   * @param {RequestWords} words
   */
  #none(requesters, words) {
    if (!words.noneLabel) return [];
    const made = button("none", words.no, words.noneLabel);
    made.addEventListener("click", () => {
      for (const requester of requesters) this.#answers.no(requester);
    });
    return [made];
  }
}

/** @param {Requester} requester */
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
