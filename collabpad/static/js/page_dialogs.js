import { byId } from "./dom.js";
import { isKey, keyHere } from "./keys.js";
import { strings } from "./strings.js";

/**
 * Opens the command palette, the help and the preferences, which are loaded when first opened.
 * Their keys work everywhere on the page.
 *
 * @typedef {import("./commands.js").Page} Page
 * @typedef {{open: () => void}} LazyDialog
 */

const DIALOGS = Object.freeze({
  palette: async (/** @type {Page} */ page) => new (await import("./palette.js")).Palette(page),
  help: async (/** @type {Page} */ page) => new (await import("./help.js")).Help(page),
  preferences: async (/** @type {Page} */ page) =>
    new (await import("./preferences_dialog.js")).PreferencesDialog(page.preferences),
});

/** @typedef {keyof typeof DIALOGS} DialogName */

/** @type {readonly {key: string, opens: DialogName, whileWriting: boolean}[]} */
const KEYS = Object.freeze([
  { key: "F1", opens: "palette", whileWriting: true },
  { key: "Mod-Shift-p", opens: "palette", whileWriting: true },
  { key: "Mod-,", opens: "preferences", whileWriting: true },
  { key: "?", opens: "help", whileWriting: false },
]);
export const WRAP = Object.freeze({ key: "Alt-z", mac: "Ctrl-Shift-z" });
const OPEN = "dialog[open]";

/** Where you type text, so that `?` is a character. */
const WRITTEN_IN = "input, textarea, select, [contenteditable]";

export class PageDialogs {
  #page;
  /** @type {Partial<Record<DialogName, Promise<LazyDialog>>>} */
  #dialogs = {};

  /** @param {Omit<Page, "dialogs">} page */
  constructor(page) {
    this.#page = { ...page, dialogs: this };
    byId("commands-button", HTMLElement).addEventListener("click", () => this.open("palette"));
    byId("help-button", HTMLElement).addEventListener("click", () => this.open("help"));
    byId("preferences-button", HTMLElement).addEventListener("click", () =>
      this.open("preferences"),
    );
    // Before the editor: Vim mode would take some of the keys.
    document.addEventListener("keydown", (event) => this.#key(event), { capture: true });
  }

  /** @param {DialogName} name */
  open(name) {
    const dialog = (this.#dialogs[name] ??= DIALOGS[name](this.#page));
    dialog.then(
      (loaded) => {
        // Another dialog may have been opened in the meantime.
        if (!document.querySelector(OPEN)) loaded.open();
      },
      () => {
        this.#dialogs[name] = undefined;
        this.#page.notices.show(strings.editor.notLoaded);
      },
    );
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    if (document.querySelector(OPEN)) return;
    const writing = event.target instanceof Element && event.target.closest(WRITTEN_IN) !== null;
    const found = KEYS.find(
      ({ key, whileWriting }) => isKey(event, key) && (whileWriting || !writing),
    );
    if (found) this.open(found.opens);
    else if (isKey(event, keyHere(WRAP))) this.#page.preferences.toggleWrap();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }
}
