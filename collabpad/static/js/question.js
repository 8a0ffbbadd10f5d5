import { byId } from "./dom.js";

/** Asks before something that cannot simply be taken back. */
export class Question {
  #dialog = byId("question", HTMLDialogElement);
  /** @type {(yes: boolean) => void} */
  #answer = () => undefined;

  constructor() {
    byId("question-yes", HTMLElement).addEventListener("click", () => {
      this.#answer(true);
      this.#dialog.close();
    });
    this.#dialog.addEventListener("close", () => this.#answer(false));
  }

  /**
   * @param {{title: string, text: string, yes: string}} words
   * @returns {Promise<boolean>}
   */
  ask({ title, text, yes }) {
    byId("question-title", HTMLElement).textContent = title;
    byId("question-text", HTMLElement).textContent = text;
    byId("question-yes", HTMLElement).textContent = yes;
    this.#answer(false);
    if (!this.#dialog.open) this.#dialog.showModal();
    // A key that is held on the button which asked must not answer.
    byId("question-no", HTMLElement).focus();
    return new Promise((resolve) => {
      this.#answer = resolve;
    });
  }
}
