import { copyWithFeedback } from "./clipboard.js";
import { byId } from "./dom.js";
import { strings } from "./strings.js";

/** @type {Record<string, string>} */
const REASONS = strings.lost;

/** Says why the text is another now, and offers what the server refused back to who typed it. */
export class LostText {
  #dialog = byId("lost", HTMLDialogElement);
  #text = byId("lost-text", HTMLTextAreaElement);
  #notices;
  #editor;

  /**
   * @param {import("./notices.js").Notices} notices
   * @param {import("./code_editor.js").CodeEditor} editor
   */
  constructor(notices, editor) {
    this.#notices = notices;
    this.#editor = editor;
    const copy = byId("lost-copy", HTMLElement).firstElementChild;
    byId("lost-copy", HTMLElement).addEventListener("click", () => {
      if (copy instanceof HTMLElement) {
        void copyWithFeedback(copy, this.#text.value, strings.share);
      }
    });
    byId("lost-insert", HTMLElement).addEventListener("click", () => {
      this.#dialog.close();
      editor.insert(this.#text.value);
    });
  }

  /** @param {import("./provider.js").Loss} loss */
  offer({ code, text }) {
    const reason = REASONS[code] ?? strings.lost.other;
    if (text === "") {
      this.#notices.show(reason);
      return;
    }
    this.#notices.show(reason, {
      label: strings.lost.show,
      run: () => {
        byId("lost-reason", HTMLElement).textContent = reason;
        this.#text.value = text;
        byId("lost-insert", HTMLElement).hidden = this.#editor.readOnly;
        this.#dialog.showModal();
      },
    });
  }
}
