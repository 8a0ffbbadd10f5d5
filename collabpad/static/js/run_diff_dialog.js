import { copyWithFeedback } from "./clipboard.js";
import { byId, element, setText } from "./dom.js";
import { diffLines, foldSame } from "./line_diff.js";
import { strings } from "./strings.js";

/** Lines of context around a change. */
const CONTEXT = 3;
const SIGNS = Object.freeze({ same: " ", removed: "−", added: "+" });
const words = strings.changes;

/** Compares the code of an earlier run with the current text. */
export class RunDiffDialog {
  #dialog = byId("changes", HTMLDialogElement);
  #lines = byId("changes-lines", HTMLElement);
  #content;
  #code = "";

  /** @param {() => string} content  the current text */
  constructor(content) {
    this.#content = content;
    const copy = byId("changes-copy", HTMLElement).firstElementChild;
    byId("changes-copy", HTMLElement).addEventListener("click", () => {
      if (copy instanceof HTMLElement) {
        void copyWithFeedback(copy, this.#code, { ...strings.share, copy: words.copy });
      }
    });
  }

  /** @param {{code: string | null, selection: boolean}} run */
  show({ code, selection }) {
    // If a part was run, blank lines stand for the lines before it.
    this.#code = selection ? (code ?? "").replace(/^\n+/, "") : (code ?? "");
    const [title, note, lines] = selection ? this.#part() : this.#difference();
    setText(byId("changes-title", HTMLElement), title);
    setText(byId("changes-note", HTMLElement), note);
    this.#lines.replaceChildren(...lines);
    this.#lines.hidden = lines.length === 0;
    this.#dialog.showModal();
  }

  /** @returns {[string, string, HTMLElement[]]} */
  #part() {
    const lines = this.#code.split("\n").map((text) => line({ kind: "same", text }));
    return [words.partTitle, words.partNote, lines];
  }

  /** @returns {[string, string, HTMLElement[]]} */
  #difference() {
    const now = this.#content();
    if (now === this.#code) return [words.title, words.same, []];
    return [words.title, words.legend, foldSame(diffLines(this.#code, now), CONTEXT).map(line)];
  }
}

/** @param {import("./line_diff.js").Shown} shown */
function line(shown) {
  if (shown.kind === "skipped") {
    return element("div", { class: "diff-skipped", text: words.skipped(shown.count) });
  }
  const { kind, text } = shown;
  const sign = element("span", { class: "diff-sign", text: SIGNS[kind] });
  return element("div", { class: `diff-line ${kind}` }, sign, text);
}
