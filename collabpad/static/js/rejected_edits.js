import { copyWithFeedback } from "./clipboard.js";
import { byId } from "./dom.js";
import { strings } from "./strings.js";

/** @type {Record<string, string>} */
const REASONS = strings.rejected;

/** Says why the text was replaced, and gives you back what the server refused. */
export class RejectedEdits {
  #dialog = byId("rejected", HTMLDialogElement);
  #text = byId("rejected-text", HTMLTextAreaElement);
  #notices;
  #editor;

  /**
   * @param {import("./notices.js").Notices} notices
   * @param {import("./code_editor.js").CodeEditor} editor
   */
  constructor(notices, editor) {
    this.#notices = notices;
    this.#editor = editor;
    const copy = byId("rejected-copy", HTMLElement).firstElementChild;
    byId("rejected-copy", HTMLElement).addEventListener("click", () => {
      if (copy instanceof HTMLElement) {
        void copyWithFeedback(copy, this.#text.value, strings.share);
      }
    });
    byId("rejected-insert", HTMLElement).addEventListener("click", () => {
      this.#dialog.close();
      editor.insert(this.#text.value);
    });
  }

  /** @param {import("./provider.js").Rejection} loss */
  offer({ code, text }) {
    const reason = REASONS[code] ?? strings.rejected.other;
    if (text === "") {
      this.#notices.show(reason);
      return;
    }
    this.#notices.show(reason, {
      label: strings.rejected.show,
      run: () => {
        byId("rejected-reason", HTMLElement).textContent = reason;
        this.#text.value = text;
        byId("rejected-insert", HTMLElement).hidden = this.#editor.readOnly;
        this.#dialog.showModal();
      },
    });
  }
}
