import { Compartment, EditorView, Prec } from "../vendor/editor.js";
import { indentation, indentationOf } from "./indentation.js";
import { PLAIN_TEXT, indentOf, marksOf } from "./languages.js";

/**
 * @typedef {import("../vendor/editor.js").Extension} Extension
 * @typedef {import("./preferences.js").Choices} Choices
 * @typedef {import("./protocol.js").LanguageView} Language
 */

/** @typedef {"keys" | "assistance" | "marks"} Part  parts that are loaded on demand */

/** @type {Readonly<Record<Choices["keys"], () => Promise<Extension>>>} */
const KEYS = Object.freeze({
  plain: async () => [],
  vim: async () => (await import("./vim_keys.js")).vimKeys(),
  vscode: async () => (await import("./vscode_keys.js")).vscodeKeys(),
});

const REST_MS = 300;

/** Configures the editor by your preferences and the language, and loads parts on demand. */
export class EditorOptions {
  #wrap = new Compartment();
  #indent = new Compartment();
  #later = { keys: new Compartment(), assistance: new Compartment(), marks: new Compartment() };
  /** @type {Partial<Record<Part, string>>} last requested */
  #wanted = { keys: "plain", marks: "null" };
  #choices;
  /** @type {string | null} one indentation step, detected in the text */
  #detected = null;
  /** @type {Language | null} null until the session is known; nothing is loaded before */
  #language = null;

  /** @param {Choices} choices */
  constructor(choices) {
    this.#choices = choices;
  }

  /** @returns {Extension} */
  get extension() {
    const { keys, assistance, marks } = this.#later;
    return [
      Prec.highest(keys.of([])),
      this.#wrap.of(this.#wrapping),
      this.#indent.of(this.#indentation),
      this.#watchIndentation(),
      assistance.of([]),
      marks.of([]),
    ];
  }

  /** Whether syntax errors are marked, by language and preference. */
  get marksErrors() {
    return this.#marked !== null;
  }

  /**
   * @param {EditorView} view
   * @param {Choices} choices
   * @throws when something that they need cannot be loaded; the rest is done then
   */
  async choose(view, choices) {
    this.#choices = choices;
    view.dom.style.setProperty("--code-size", `${choices.fontSize}px`);
    view.dispatch({
      effects: [
        this.#wrap.reconfigure(this.#wrapping),
        this.#indent.reconfigure(this.#indentation),
      ],
    });
    view.requestMeasure();
    await this.#load(view);
  }

  /**
   * @param {EditorView} view
   * @param {Language} language
   * @throws as `choose`
   */
  async setLanguage(view, language) {
    this.#language = language;
    view.dispatch({ effects: this.#indent.reconfigure(this.#indentation) });
    await this.#load(view);
  }

  get #marked() {
    return this.#language !== null && this.#choices.marks ? marksOf(this.#language) : null;
  }

  get #wrapping() {
    return this.#choices.wrap ? EditorView.lineWrapping : [];
  }

  get #indentation() {
    return indentation(indentOf(this.#language ?? PLAIN_TEXT, this.#choices, this.#detected));
  }

  /** Detects the indentation once the text has not changed for a moment. */
  #watchIndentation() {
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    let timer;
    return EditorView.updateListener.of(({ docChanged, view }) => {
      if (!docChanged) return;
      clearTimeout(timer);
      timer = setTimeout(() => this.#detect(view), REST_MS);
    });
  }

  /** @param {EditorView} view */
  #detect(view) {
    const detected = indentationOf(view.state);
    if (detected === this.#detected) return;
    this.#detected = detected;
    view.dispatch({ effects: this.#indent.reconfigure(this.#indentation) });
  }

  /** @param {EditorView} view */
  async #load(view) {
    if (this.#language === null) return;
    const { keys, completion } = this.#choices;
    const marked = this.#marked;
    const parts = [
      this.#loadPart(view, "keys", keys, KEYS[keys]),
      this.#loadPart(view, "assistance", String(completion), async () =>
        (await import("./assistance.js")).assistance(completion),
      ),
      this.#loadPart(view, "marks", String(marked), async () =>
        marked ? (await import("./lint_marks.js")).lintMarks(marked) : [],
      ),
    ];
    const failed = (await Promise.allSettled(parts)).find(({ status }) => status === "rejected");
    if (failed?.status === "rejected") throw failed.reason;
  }

  /**
   * @param {EditorView} view
   * @param {Part} part
   * @param {string} wanted  identifies what is loaded already
   * @param {() => Promise<Extension>} load
   */
  async #loadPart(view, part, wanted, load) {
    if (this.#wanted[part] === wanted) return;
    this.#wanted[part] = wanted;
    try {
      const extension = await load();
      // Something else may have been chosen in the meantime.
      if (this.#wanted[part] !== wanted) return;
      view.dispatch({ effects: this.#later[part].reconfigure(extension) });
    } catch (error) {
      // What is loaded may be older than the last request, so any choice is new.
      if (this.#wanted[part] === wanted) delete this.#wanted[part];
      throw error;
    }
  }
}
