import {
  Compartment,
  EditorSelection,
  EditorState,
  EditorView,
  Prec,
  keymap,
  toggleTabFocusMode,
  yUndoManagerKeymap,
} from "../vendor/editor.js";
import { baseExtensions } from "./base_extensions.js";
import { EditorOptions } from "./editor_options.js";
import { editorTheme } from "./editor_theme.js";
import { Emitter } from "./emitter.js";
import { TAB_MODE } from "./keys.js";
import { languageSupport } from "./languages.js";
import { remoteCarets } from "./remote_cursors.js";
import { TextBinding } from "./text_binding.js";
import { smallestChange } from "./text_change.js";
import { focusCode } from "./virtual_keyboard.js";

/**
 * @typedef {object} CodeEditorEvents
 * @property {void} cursor  the selection moved, by you or by somebody's edit
 * @property {{enter: boolean}} refusedInput  you typed but may not write
 * @property {string | undefined} run  a key to run everything or this part was pressed
 * @property {boolean} tabFocus  Tab now leaves the editor, or indents again
 * @property {void} pairs  surrogate pairs were edited, by you or by somebody else
 * @property {void} notLoaded  a part of the editor could not be loaded
 */

/** @typedef {import("../vendor/editor.js").Extension} Extension */

/**
 * CodeMirror bound to a Y.Text in both directions.
 *
 * @extends {Emitter<CodeEditorEvents>}
 */
export class CodeEditor extends Emitter {
  #access = new Compartment();
  #language = new Compartment();
  #binding = new TextBinding();
  #languageId = "";
  #tabLeaves = false;
  #justJoined = false;
  #options;
  /**
   * @param {HTMLElement} parent
   * @param {string} nonce  allows the editor's style sheet under the page's CSP
   * @param {import("./preferences.js").Preferences} preferences
   */
  constructor(parent, nonce, preferences) {
    super();
    this.#options = new EditorOptions(preferences.choices);
    this.view = new EditorView({
      parent,
      extensions: [
        EditorView.cspNonce.of(nonce),
        this.#access.of(EditorState.readOnly.of(true)),
        this.#watch(),
        this.#ownKeys(),
        this.#options.extension,
        baseExtensions(),
        this.#language.of([]),
        this.#binding.extension,
        remoteCarets,
        editorTheme,
      ],
    });
    const choose = () => this.#reportFailure(this.#options.choose(this.view, preferences.choices));
    this.#binding.on("pairs", () => this.emit("pairs", undefined));
    preferences.on("change", choose);
    choose();
  }

  get readOnly() {
    return this.view.state.readOnly;
  }

  set readOnly(readOnly) {
    if (readOnly === this.readOnly) return;
    this.view.dispatch({
      effects: this.#access.reconfigure(EditorState.readOnly.of(readOnly)),
    });
  }

  get marksErrors() {
    return this.#options.marksErrors;
  }

  /** @returns {string} */
  get content() {
    return this.view.state.doc.toString();
  }

  /** @returns {{line: number, column: number}} of the caret, from 1 */
  get position() {
    const { doc, selection } = this.view.state;
    const line = doc.lineAt(selection.main.head);
    return { line: line.number, column: selection.main.head - line.from + 1 };
  }

  /** @returns {{anchor: number, head: number}} */
  get selection() {
    return this.view.state.selection.main;
  }

  /**
   * @param {import("../vendor/editor.js").Y.Text} text  to show instead; your undo history stays
   */
  bind(text) {
    this.#binding.bind(this.view, text);
  }

  /** @param {boolean} [thoroughly]  compares every character, not only the length */
  reconcile(thoroughly) {
    this.#binding.reconcile(this.view, thoroughly);
  }

  /**
   * The text stays plain if its highlighting cannot be loaded.
   * @param {import("./protocol.js").LanguageView} language
   */
  setLanguage(language) {
    if (language.id === this.#languageId) return;
    this.#languageId = language.id;
    this.#reportFailure(this.#options.setLanguage(this.view, language));
    this.#reportFailure(this.#highlight(language));
    this.#reportFailure(this.#binding.load());
  }

  /** @param {import("./protocol.js").LanguageView} language */
  async #highlight({ id, mode }) {
    /** @type {Extension} */
    let support = [];
    try {
      support = await languageSupport(mode);
    } finally {
      if (id === this.#languageId) {
        this.view.dispatch({ effects: this.#language.reconfigure(support) });
      }
    }
  }

  /** @param {Promise<void>} loading */
  #reportFailure(loading) {
    loading.catch(() => this.emit("notLoaded", undefined));
  }

  /** @param {number} number  line number, from 1 */
  goToLine(number) {
    const { doc } = this.view.state;
    const line = doc.line(Math.max(1, Math.min(number, doc.lines)));
    this.view.dispatch({
      selection: EditorSelection.cursor(line.from),
      effects: EditorView.scrollIntoView(line.from, { y: "center" }),
    });
    this.view.focus();
  }

  /** @param {number} index  the text may have become shorter */
  putCaret(index) {
    const at = Math.min(index, this.view.state.doc.length);
    this.view.dispatch({
      selection: EditorSelection.cursor(at),
      effects: EditorView.scrollIntoView(at, { y: "center" }),
    });
  }

  /** @param {string} text  is inserted at the caret */
  insert(text) {
    if (this.readOnly) return;
    this.view.dispatch(this.view.state.replaceSelection(text), { scrollIntoView: true });
    this.view.focus();
  }

  /** @param {string} text  replaces everything, as one undo step */
  replaceAll(text) {
    if (this.readOnly) return;
    const plain = text.replace(/\r\n?/g, "\n");
    const changes = smallestChange(this.content, plain);
    this.view.dispatch({ changes, userEvent: "input.replace" });
    this.view.focus();
  }

  focus() {
    this.view.focus();
  }

  /** Focuses the code after a join. The caret does not count as placed yet. */
  focusOnJoin() {
    this.#justJoined = true;
    focusCode(this.view);
  }

  /** Whether the code has the focus and you have placed the caret. */
  get caretPlaced() {
    return this.view.hasFocus && !this.#justJoined;
  }

  /** @returns {Extension} */
  #ownKeys() {
    return Prec.high(
      keymap.of([
        { key: "Mod-Enter", run: () => this.#requestRun(undefined) },
        { key: "Mod-Shift-Enter", run: () => this.runSelection() },
        { ...TAB_MODE, run: () => this.toggleTabMode() },
        ...yUndoManagerKeymap.map((binding) => ({
          ...binding,
          run: (/** @type {EditorView} */ view) =>
            !view.state.readOnly && (binding.run?.(view) ?? false),
        })),
      ]),
    );
  }

  runSelection() {
    return this.#requestRun(this.#selectedLines());
  }

  /** @param {string | undefined} part */
  #requestRun(part) {
    this.emit("run", part);
    return true;
  }

  /** @returns {string | undefined} whole lines, after as many blank lines as are above them */
  #selectedLines() {
    const { doc, selection } = this.view.state;
    const { from, to, empty } = selection.main;
    if (empty) return undefined;
    const first = doc.lineAt(from);
    const blank = "\n".repeat(first.number - 1);
    return `${blank}${doc.sliceString(first.from, doc.lineAt(to).to)}\n`;
  }

  /** Switches whether Tab leaves the editor or indents. */
  toggleTabMode() {
    toggleTabFocusMode(this.view);
    this.#tabLeaves = !this.#tabLeaves;
    this.emit("tabFocus", this.#tabLeaves);
    return true;
  }

  /** @returns {Extension} */
  #watch() {
    const refuse = (/** @type {Event} */ event, /** @type {EditorView} */ view) => {
      if (!view.state.readOnly) return false;
      event.preventDefault();
      const kind = event instanceof InputEvent ? event.inputType : "";
      this.emit("refusedInput", { enter: /^insert(Paragraph|LineBreak)$/.test(kind) });
      return true;
    };
    return [
      EditorView.updateListener.of((update) => {
        const left = update.focusChanged && !update.view.hasFocus;
        if (update.selectionSet || left) this.#justJoined = false;
        if (update.selectionSet || update.docChanged || update.focusChanged) {
          this.emit("cursor", undefined);
        }
      }),
      EditorView.domEventHandlers({
        pointerdown: () => {
          this.#justJoined = false;
          this.emit("cursor", undefined);
        },
        beforeinput: refuse,
        paste: refuse,
        // Dropped files are for the page.
        drop: (event, view) => (event.dataTransfer?.files.length ?? 0) > 0 || refuse(event, view),
        cut: refuse,
      }),
    ];
  }
}
