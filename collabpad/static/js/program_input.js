import { byId } from "./dom.js";

/**
 * The line in which the running program is answered, and the keyboard's way there and back.
 */
export class ProgramInput {
  #form = byId("input-form", HTMLFormElement);
  #input = byId("program-input", HTMLInputElement);
  #output;
  #send;
  /** Whether a run was started on this page, and nothing else done here since. */
  #attended = false;
  /** @type {Element | null} where the keyboard was taken from */
  #takenFrom = null;

  /**
   * @param {HTMLElement} output  gets the keyboard where it cannot go back
   * @param {(input: {data: string, eof?: boolean}) => void} send
   */
  constructor(output, send) {
    this.#output = output;
    this.#send = send;
    this.#listen();
  }

  /** A run is started on this page: its program may ask for the keyboard. */
  attend() {
    this.#attended = true;
    this.#takenFrom = null;
  }

  /** The program waits: whoever started it answers without a click, unless they do other things. */
  offerKeyboard() {
    if (!this.#attended || document.activeElement === this.#input) return;
    this.#takenFrom = document.activeElement;
    this.#input.focus();
  }

  /** @param {boolean} shown */
  set shown(shown) {
    if (!shown && document.activeElement === this.#input) this.#giveKeyboardBack();
    this.#form.hidden = !shown;
  }

  /** @param {Event} event  of the keyboard or a pointer, anywhere on the page */
  #notice({ target }) {
    if (target !== this.#input) this.#attended = false;
  }

  #giveKeyboardBack() {
    const from = this.#takenFrom;
    this.#takenFrom = null;
    const usable = from instanceof HTMLElement && from.isConnected && from !== document.body;
    (usable ? from : this.#output).focus();
  }

  #listen() {
    // In the capturing phase: what starts a run is seen here before it starts it.
    for (const kind of ["keydown", "pointerdown"]) {
      document.addEventListener(kind, (event) => this.#notice(event), true);
    }
    this.#form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#send({ data: `${this.#input.value}\n` });
      this.#input.value = "";
    });
    const end = () => this.#send({ data: "", eof: true });
    byId("input-end", HTMLElement).addEventListener("click", end);
    this.#input.addEventListener("keydown", (event) => {
      if (event.key !== "d" || !event.ctrlKey) return;
      event.preventDefault();
      end();
    });
  }
}
