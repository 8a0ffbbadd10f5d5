import { byId } from "./dom.js";

/**
 * The input line of the running program. It takes the focus when the program waits, and gives it
 * back.
 */
export class ProgramInput {
  #form = byId("input-form", HTMLFormElement);
  #input = byId("program-input", HTMLInputElement);
  #output;
  #send;
  /** Whether you started a run and have done nothing else since. */
  #attended = false;
  /** @type {Element | null} what had the focus before */
  #focusBefore = null;

  /**
   * @param {HTMLElement} output  gets the focus if it cannot go back
   * @param {(input: {data: string, eof?: boolean}) => void} send
   */
  constructor(output, send) {
    this.#output = output;
    this.#send = send;
    this.#listen();
  }

  /** You started a run: its program may take the focus. */
  runStarted() {
    this.#attended = true;
    this.#focusBefore = null;
  }

  /** The program waits: focuses the input if you started it and did nothing else. */
  takeFocus() {
    if (!this.#attended || document.activeElement === this.#input) return;
    this.#focusBefore = document.activeElement;
    this.#input.focus();
  }

  /** @param {boolean} shown */
  set shown(shown) {
    if (!shown && document.activeElement === this.#input) this.#giveFocusBack();
    this.#form.hidden = !shown;
  }

  /** @param {Event} event  a key or pointer event anywhere on the page */
  #notice({ target }) {
    if (target !== this.#input) this.#attended = false;
  }

  #giveFocusBack() {
    const from = this.#focusBefore;
    this.#focusBefore = null;
    const usable = from instanceof HTMLElement && from.isConnected && from !== document.body;
    (usable ? from : this.#output).focus();
  }

  #listen() {
    // In the capture phase: the event that starts a run is seen here first.
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
