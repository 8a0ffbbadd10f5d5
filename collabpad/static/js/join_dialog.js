import { byId } from "./dom.js";
import { strings } from "./strings.js";

/**
 * @typedef {"name" | "passcode" | "waiting" | "refused" | "locked" | "full" | "unknown" | "removed"
 *   | "links_changed" | "replaced" | "left" | "crowd" | "closed" | "expired" | "busy" | "trouble"} JoinState
 *
 * @typedef {object} Answers
 * @property {string} name
 * @property {string} passcode
 */

/** In these states you can still download the code. */
const KEEPS_CODE = new Set(["closed", "expired", "unknown", "removed", "left", "links_changed"]);
/** These states ask for your name. */
const ASKS_NAME = new Set(["name", "passcode"]);

/** Asks for what a join needs, or says why you cannot join and what you can do. */
export class JoinDialog {
  #dialog = byId("join-dialog", HTMLDialogElement);
  #title = byId("join-dialog-title", HTMLElement);
  #text = byId("join-dialog-text", HTMLElement);
  #name = byId("join-dialog-name", HTMLInputElement);
  #passcode = byId("join-dialog-passcode", HTMLInputElement);
  #problem = byId("join-dialog-problem", HTMLElement);
  #action = byId("join-dialog-action", HTMLButtonElement);
  /** @type {JoinState | null} */
  #state = null;
  #isView;
  #callbacks;

  /**
   * @param {boolean} isView  whether it is a view-only link
   * @param {{enter: (state: JoinState, answers: Answers) => void, joined: () => void, download: ()
   *   => void}} callbacks  `joined`: the dialog has closed because the join succeeded
   */
  constructor(isView, callbacks) {
    this.#isView = isView;
    this.#callbacks = callbacks;
    byId("join-dialog-form", HTMLFormElement).addEventListener("submit", (event) => {
      event.preventDefault();
      this.#submit();
    });
    byId("join-dialog-download", HTMLElement).addEventListener("click", () => callbacks.download());
    this.#dialog.addEventListener("cancel", (event) => event.preventDefault());
    // Browsers close a dialog at the second Escape in any case.
    this.#dialog.addEventListener("close", () => {
      if (this.#state) this.#dialog.showModal();
    });
  }

  /** @returns {JoinState | null} null once joined */
  get state() {
    return this.#state;
  }

  /**
   * @param {JoinState} state
   * @param {{name?: string, problem?: string, title?: string, hasCode?: boolean}} [details]
   */
  show(state, { name, problem = "", title = "", hasCode = false } = {}) {
    this.#state = state;
    const words = strings.joinDialog[state];
    this.#title.textContent = words.title;
    byId("join-dialog-session", HTMLElement).textContent = title;
    this.#text.textContent = this.#textOf(state);
    if (name !== undefined) this.#name.value = name;
    byId("join-dialog-name-field", HTMLElement).hidden = !ASKS_NAME.has(state);
    byId("join-dialog-passcode-field", HTMLElement).hidden = state !== "passcode";
    byId("join-dialog-download", HTMLElement).hidden = !(hasCode && KEEPS_CODE.has(state));
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
    this.#callbacks.joined();
  }

  /** @param {string} text  progress while you wait */
  showProgress(text) {
    this.#text.textContent = text;
  }

  /** @param {JoinState} state */
  #textOf(state) {
    if (state === "name" && this.#isView) return strings.joinDialog.name.viewer;
    const words = strings.joinDialog[state];
    return "text" in words ? words.text : "";
  }

  /** @param {JoinState} state */
  #focus(state) {
    if (state === "passcode" && this.#name.value) this.#passcode.focus();
    else if (ASKS_NAME.has(state)) this.#name.select();
    else if (!this.#action.hidden) this.#action.focus();
    else byId("join-dialog-home", HTMLElement).focus();
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
    this.showProgress(strings.connection.connecting);
    this.#callbacks.enter(this.#state, answers);
  }
}
