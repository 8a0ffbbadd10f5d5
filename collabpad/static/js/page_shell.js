import { byId, setText } from "./dom.js";
import { TAB_MODE, keyHere, keyText } from "./keys.js";
import { strings } from "./strings.js";

/** On loopback only the server's owner runs programs, so the footer's warning is enough. */
const LOOPBACK = /^(localhost|127(\.\d+){3}|\[::1\])$/;

/**
 * The page around the panels: facts about the server, simple dialogs, and keys that work
 * everywhere.
 */
export class PageShell {
  #state;
  #actions;
  #rename = byId("rename", HTMLDialogElement);

  /**
   * @param {import("./session_state.js").SessionState} state
   * @param {import("./actions.js").Actions} actions
   * @param {{share: () => void, saveCode: () => void}} callbacks
   */
  constructor(state, actions, callbacks) {
    this.#state = state;
    this.#actions = actions;
    this.#listen(callbacks);
    setText(byId("alone-text", HTMLElement), strings.people.alone);
    setText(byId("invite", HTMLElement), strings.people.invite);
    state.on("change", () => this.#draw());
  }

  askName() {
    const input = byId("rename-input", HTMLInputElement);
    input.value = this.#state.me?.name ?? "";
    this.#rename.showModal();
    input.select();
  }

  /**
   * @param {boolean} leaves
   * @param {import("./notices.js").Notices} [notices]  announces the change
   */
  setTabMode(leaves, notices) {
    const words = strings.editor;
    const mode = leaves ? words.tabLeaves : words.tabIndents;
    setText(byId("tab-mode", HTMLElement), mode(keyText(keyHere(TAB_MODE))));
    notices?.announce(leaves ? words.saidTabLeaves : words.saidTabIndents);
  }

  #draw() {
    if (!this.#state.known) return;
    const { sandbox } = this.#state.session;
    const words = strings.sandbox;
    const place = byId("sandbox", HTMLElement);
    const off = sandbox.name === "off";
    setText(place, off ? words.off : sandbox.isolated ? words.isolated : words.open);
    const unsafe = !off && !sandbox.isolated;
    place.classList.toggle("warn", unsafe);
    const banner = byId("banner", HTMLElement);
    setText(banner, words.warning);
    banner.hidden = !unsafe || LOOPBACK.test(location.hostname);
  }

  /** @param {{share: () => void, saveCode: () => void}} callbacks */
  #listen({ share, saveCode }) {
    byId("share-button", HTMLElement).addEventListener("click", share);
    byId("invite", HTMLElement).addEventListener("click", share);
    byId("download", HTMLElement).addEventListener("click", saveCode);
    byId("rename-form", HTMLFormElement).addEventListener("submit", () => this.#renameMe());
    document.addEventListener("keydown", (event) => {
      const meta = event.ctrlKey || event.metaKey;
      if (!meta || event.altKey || event.shiftKey || event.key.toLowerCase() !== "s") return;
      event.preventDefault();
      saveCode();
    });
    for (const dialog of document.querySelectorAll("dialog")) closes(dialog);
  }

  async #renameMe() {
    const name = byId("rename-input", HTMLInputElement).value.trim();
    if (!name || name === this.#state.me?.name) return;
    await this.#actions.request("rename", { name });
  }
}

/**
 * A click outside closes a dialog that has a close button.
 * @param {HTMLDialogElement} dialog
 */
function closes(dialog) {
  const button = dialog.querySelector("[data-close]");
  if (!button) return;
  button.addEventListener("click", () => dialog.close());
  dialog.addEventListener("click", (event) => {
    if (event.target === dialog) dialog.close();
  });
}
