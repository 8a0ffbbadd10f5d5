import { byId, element, setText } from "./dom.js";
import { strings } from "./strings.js";

/** The session's settings: the host can change them, the others see them. */
export class SessionOptions {
  #state;
  #actions;
  #toCode;
  #title = byId("title", HTMLInputElement);
  #language = byId("language", HTMLSelectElement);
  #ending = byId("ending", HTMLDialogElement);
  #languages = "";

  /**
   * @param {import("./session_state.js").SessionState} state
   * @param {import("./actions.js").Actions} actions
   * @param {() => void} toCode  focuses the code
   */
  constructor(state, actions, toCode) {
    this.#state = state;
    this.#actions = actions;
    this.#toCode = toCode;
    this.#connectSelect("write-mode", "write_mode", strings.session.writeMode);
    this.#connectSelect("run-policy", "run_policy", strings.session.runPolicy);
    this.#connectSelect("join-policy", "join_policy", strings.session.joinPolicy);
    this.#listen();
    state.on("change", () => this.#draw());
  }

  #draw() {
    if (!this.#state.known) return;
    const { session } = this.#state;
    const mayChange = this.#state.may("set_options");
    const title = this.#shownTitle;
    setText(byId("heading", HTMLElement), title);
    if (document.activeElement !== this.#title) this.#title.value = title;
    this.#title.readOnly = !mayChange;
    this.#title.title = mayChange ? "" : title;
    this.#drawLanguages();
    this.#language.disabled = !this.#state.may("set_language");
    for (const [id, value] of [
      ["write-mode", session.write_mode],
      ["run-policy", session.run_policy],
      ["join-policy", session.join_policy],
    ]) {
      byId(id, HTMLSelectElement).value = value;
    }
    const locked = byId("join-policy", HTMLSelectElement).querySelector("[value=locked]");
    const mayLock = this.#state.may("lock");
    if (locked instanceof HTMLOptionElement) locked.disabled = locked.hidden = !mayLock;
    this.#drawPasscode();
    this.#drawFacts();
  }

  get #shownTitle() {
    return this.#state.session.title || strings.session.untitled;
  }

  #drawLanguages() {
    const { languages, language } = this.#state.session;
    const known = JSON.stringify(languages);
    if (known !== this.#languages) {
      this.#languages = known;
      this.#language.replaceChildren(...optionsOf(languages));
    }
    this.#language.value = language;
  }

  #drawPasscode() {
    const { passcode_set } = this.#state.session;
    const note = passcode_set ? strings.session.passcodeSet : strings.session.passcodeNone;
    setText(byId("passcode-note", HTMLElement), note);
    byId("passcode-remove", HTMLElement).hidden = !passcode_set;
  }

  #drawFacts() {
    const { session, isHost } = this.#state;
    const words = strings.session;
    const chosen = [words.writes[session.write_mode], words.runs[session.run_policy]];
    const facts = this.#state.may("set_options") ? [] : chosen;
    if (isHost && session.acting) facts.push(words.acting);
    const list = byId("session-facts", HTMLElement);
    list.replaceChildren(...facts.map((text) => element("li", { text })));
    list.hidden = facts.length === 0;
  }

  /**
   * @param {string} id  of the select
   * @param {"write_mode" | "run_policy" | "join_policy"} field
   * @param {Record<string, string>} words
   */
  #connectSelect(id, field, words) {
    const select = byId(id, HTMLSelectElement);
    for (const [value, text] of Object.entries(words)) {
      select.append(element("option", { value, text }));
    }
    select.addEventListener("change", () => void this.#change({ [field]: select.value }));
  }

  /** @param {import("./protocol.js").ClientEvents["update_session"]} changed */
  async #change(changed) {
    const done = await this.#actions.request("update_session", changed);
    // A refused choice must not stay selected.
    if (!done) this.#draw();
    return done !== null;
  }

  #listen() {
    this.#title.addEventListener("change", () => {
      const title = this.#title.value.trim();
      if (title && title !== this.#state.session.title) void this.#change({ title });
      else this.#draw();
    });
    this.#title.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" && event.key !== "Escape") return;
      if (event.key === "Escape") this.#title.value = this.#shownTitle;
      // Otherwise the same Enter would insert a line into the code.
      event.preventDefault();
      this.#toCode();
    });
    this.#language.addEventListener(
      "change",
      () => void this.#change({ language: this.#language.value }),
    );
    byId("passcode-form", HTMLFormElement).addEventListener("submit", (event) => {
      event.preventDefault();
      void this.#setPasscode();
    });
    byId("passcode-remove", HTMLElement).addEventListener("click", () => {
      // The button disappears with the passcode.
      byId("passcode-new", HTMLElement).focus();
      void this.#change({ passcode: null });
    });
    byId("end-session", HTMLElement).addEventListener("click", () => this.#ending.showModal());
    byId("ending-yes", HTMLElement).addEventListener("click", () => {
      this.#ending.close();
      void this.#actions.request("close_session");
    });
  }

  async #setPasscode() {
    const input = byId("passcode-new", HTMLInputElement);
    const passcode = input.value.trim();
    if (passcode && (await this.#change({ passcode }))) input.value = "";
  }
}

/**
 * Languages that can run here first, then the others grouped by reason.
 * @param {readonly import("./protocol.js").LanguageView[]} languages
 * @returns {HTMLElement[]}
 */
function optionsOf(languages) {
  const option = (/** @type {{id: string, title: string}} */ { id, title }) =>
    element("option", { value: id, text: title });
  const runnable = languages.filter((language) => language.runnable).map(option);
  const reasons = Object.entries(strings.session.notRunnable).flatMap(([reason, label]) => {
    const those = languages.filter((language) => language.reason === reason).map(option);
    return those.length > 0 ? [element("optgroup", { label }, ...those)] : [];
  });
  return [...runnable, ...reasons];
}
