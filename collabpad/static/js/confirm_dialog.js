import { byId } from "./dom.js";
import { strings } from "./strings.js";

/**
 * @typedef {object} ConfirmWords
 * @property {string} title
 * @property {string} text
 * @property {string} yes
 * @property {string} [no]
 * @property {boolean} [danger]  whether it takes something away from others
 */

/** Asks before something that cannot easily be undone. */
export class ConfirmDialog {
  #dialog = byId("confirm", HTMLDialogElement);
  #yes = byId("confirm-yes", HTMLElement);
  #no = byId("confirm-no", HTMLElement);
  #option = byId("confirm-option", HTMLInputElement);
  /** @type {(yes: boolean) => void} */
  #answer = () => undefined;

  constructor() {
    this.#yes.addEventListener("click", () => {
      this.#answer(true);
      this.#dialog.close();
    });
    this.#dialog.addEventListener("close", () => this.#answer(false));
  }

  /**
   * @param {ConfirmWords} words
   * @param {string} [option]  label of a checkbox
   * @returns {Promise<boolean>}
   */
  ask({ title, text, yes, no = strings.confirm.no, danger = false }, option) {
    byId("confirm-title", HTMLElement).textContent = title;
    byId("confirm-text", HTMLElement).textContent = text;
    this.#yes.textContent = yes;
    this.#yes.className = danger ? "danger" : "primary";
    this.#no.textContent = no;
    byId("confirm-option-label", HTMLElement).textContent = option ?? "";
    byId("confirm-option-row", HTMLElement).hidden = option === undefined;
    this.#option.checked = false;
    this.#answer(false);
    if (!this.#dialog.open) this.#dialog.showModal();
    this.#no.focus();
    return new Promise((resolve) => {
      this.#answer = resolve;
    });
  }

  /** Whether the checkbox of the last question was ticked. */
  get optionChosen() {
    return this.#option.checked;
  }
}
