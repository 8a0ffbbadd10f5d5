import { byId } from "./dom.js";
import { strings } from "./strings.js";

/**
 * @typedef {"name" | "passcode" | "waiting" | "refused" | "locked" | "full" | "unknown" | "removed"
 *   | "links_changed" | "replaced" | "left" | "crowd" | "closed" | "expired" | "busy" | "trouble"} GateState
 *
 * @typedef {object} Answers
 * @property {string} name
 * @property {string} passcode
 */

/** After these the code that is still here can be saved. */
const KEEPS_CODE = new Set(["closed", "expired", "unknown", "removed", "left", "links_changed"]);
/** Here the name is asked, or can still be changed. */
const ASKS_NAME = new Set(["name", "passcode"]);

/**
 * The door of the session: asks for what is needed to come in, and says what happened when it is
 * shut, with a way on.
 */
export class Gate {
  #dialog = byId("gate", HTMLDialogElement);
  #title = byId("gate-title", HTMLElement);
  #text = byId("gate-text", HTMLElement);
  #name = byId("gate-name", HTMLInputElement);
  #passcode = byId("gate-passcode", HTMLInputElement);
  #problem = byId("gate-problem", HTMLElement);
  #action = byId("gate-action", HTMLButtonElement);
  /** @type {GateState | null} */
  #state = null;
  #isView;
  #does;

  /**
   * @param {boolean} isView  whether the link only lets people watch
   * @param {{enter: (state: GateState, answers: Answers) => void, entered: () => void,
   *   download: () => void}} does  `entered`: who stood at the gate is in
   */
  constructor(isView, does) {
    this.#isView = isView;
    this.#does = does;
    byId("gate-form", HTMLFormElement).addEventListener("submit", (event) => {
      event.preventDefault();
      this.#submit();
    });
    byId("gate-download", HTMLElement).addEventListener("click", () => does.download());
    this.#dialog.addEventListener("cancel", (event) => event.preventDefault());
    // Browsers close a dialog at the second Escape whatever a page says.
    this.#dialog.addEventListener("close", () => {
      if (this.#state) this.#dialog.showModal();
    });
  }

  /** @returns {GateState | null} null while inside */
  get state() {
    return this.#state;
  }

  /**
   * @param {GateState} state
   * @param {{name?: string, problem?: string, title?: string, hasCode?: boolean}} [details]
   */
  show(state, { name, problem = "", title = "", hasCode = false } = {}) {
    this.#state = state;
    const words = strings.gate[state];
    this.#title.textContent = words.title;
    byId("gate-session", HTMLElement).textContent = title;
    this.#text.textContent = this.#textOf(state);
    if (name !== undefined) this.#name.value = name;
    byId("gate-name-field", HTMLElement).hidden = !ASKS_NAME.has(state);
    byId("gate-passcode-field", HTMLElement).hidden = state !== "passcode";
    byId("gate-download", HTMLElement).hidden = !(hasCode && KEEPS_CODE.has(state));
    this.#action.hidden = !("action" in words);
    this.#action.textContent = "action" in words ? words.action : "";
    this.#say(problem);
    for (const other of document.querySelectorAll("dialog")) {
      if (other !== this.#dialog) other.close();
    }
    if (!this.#dialog.open) this.#dialog.showModal();
    this.#focus(state);
  }

  hide() {
    this.#state = null;
    this.#passcode.value = "";
    if (!this.#dialog.open) return;
    this.#dialog.close();
    this.#does.entered();
  }

  /** @param {string} text  what is done for who waits to come in */
  tell(text) {
    this.#text.textContent = text;
  }

  /** @param {GateState} state */
  #textOf(state) {
    if (state === "name" && this.#isView) return strings.gate.name.viewer;
    const words = strings.gate[state];
    return "text" in words ? words.text : "";
  }

  /** @param {GateState} state */
  #focus(state) {
    if (state === "passcode" && this.#name.value) this.#passcode.focus();
    else if (ASKS_NAME.has(state)) this.#name.select();
    else if (!this.#action.hidden) this.#action.focus();
    else byId("gate-home", HTMLElement).focus();
  }

  /** @param {string} problem */
  #say(problem) {
    this.#problem.textContent = problem;
    this.#problem.hidden = problem === "";
  }

  #submit() {
    if (!this.#state) return;
    const answers = { name: this.#name.value.trim(), passcode: this.#passcode.value.trim() };
    if (ASKS_NAME.has(this.#state) && !answers.name) {
      this.#name.focus();
      return;
    }
    if (this.#state === "passcode" && !answers.passcode) {
      this.#passcode.focus();
      return;
    }
    this.#say("");
    this.tell(strings.connection.connecting);
    this.#does.enter(this.#state, answers);
  }
}
