import {
  acceptCompletion,
  autocompletion,
  closeCompletion,
  completeAnyWord,
  completeFromList,
  currentCompletions,
  moveCompletionSelection,
  selectedCompletionIndex,
  setSelectedCompletion,
  startCompletion,
} from "../vendor/assistance.js";
import { EditorState, ViewPlugin, syntaxTree } from "../vendor/editor.js";
import { commentOrStringAt } from "./syntax_context.js";
import { strings } from "./strings.js";

/**
 * The list of completions. It never changes your text unasked: Tab accepts the first, Enter only
 * what you chose by arrow key or mouse. It does not show where a word needs no completion.
 *
 * @typedef {import("../vendor/editor.js").Extension} Extension
 * @typedef {import("../vendor/editor.js").EditorView} EditorView
 * @typedef {import("../vendor/editor.js").SyntaxNode} SyntaxNode
 * @typedef {import("../vendor/assistance.js").CompletionContext} CompletionContext
 * @typedef {import("../vendor/assistance.js").CompletionResult} CompletionResult
 * @typedef {import("../vendor/assistance.js").CompletionSource} CompletionSource
 */

/** Nobody reacts sooner to what they see, so an earlier key is meant for the text. */
const SEEN_MS = 150;
/** More than any language has in one place. */
const MOST_SOURCES = 8;

/** Places for names that appear nowhere else; the parser tells if they span several lines. */
const IMPORTS = /^(?:Import(?:Statement|Declaration|Decl|Spec)|UseDeclaration|NamespaceUse\w*)$/;
const QUOTED_CODE = /^(?:FencedCode|CodeBlock|InlineCode)$/;
const NUMBER = /(?<![\p{L}\p{N}_$])\p{Nd}[\p{L}\p{N}_.]*$/u;

/**
 * Without a type, so that a word that the language also offers is listed once.
 * @type {CompletionSource}
 */
async function wordsOfTheDocument(context) {
  const found = await completeAnyWord(context);
  return found && { ...found, options: found.options.map(({ label }) => ({ label })) };
}

/** @param {CompletionContext} context @returns {boolean} whether the list may show unasked */
function isWelcome({ state, pos }) {
  const line = state.doc.lineAt(pos);
  const before = state.sliceDoc(line.from, pos);
  /** @type {readonly RegExp[]} */
  const imports = state.languageDataAt("imports", pos);
  if (NUMBER.test(before) || imports.some((begins) => begins.test(before))) return false;
  const prose = state.languageDataAt("prose", pos).length > 0 && !isWithin(state, pos, QUOTED_CODE);
  return !prose && commentOrStringAt(state, pos) === null && !isWithin(state, pos, IMPORTS);
}

/**
 * @param {EditorState} state
 * @param {number} pos
 * @param {RegExp} name
 */
function isWithin(state, pos, name) {
  /** @type {SyntaxNode | null} */
  let node = syntaxTree(state).resolveInner(pos, -1);
  while (node && !name.test(node.name)) node = node.parent;
  return node !== null;
}

/**
 * @param {string} text  as typed, perhaps in capitals if the language ignores case
 * @param {ReadonlySet<string>} words
 */
function isComplete(text, words) {
  return words.has(text) || words.has(text.toLowerCase());
}

/**
 * @param {CompletionResult} result
 * @param {ReadonlySet<string>} words
 * @returns {CompletionResult} that ends once the word is complete
 */
function untilComplete(result, words) {
  const { validFor } = result;
  if (!validFor) return result;
  const whole =
    validFor instanceof RegExp ? new RegExp(`^(?:${validFor.source})$`, validFor.flags) : null;
  return {
    ...result,
    validFor: (text, from, to, state) =>
      !isComplete(text, words) &&
      (typeof validFor === "function"
        ? validFor(text, from, to, state)
        : whole?.test(text) === true),
  };
}

/**
 * @param {CompletionContext} context
 * @returns {Promise<(CompletionResult | null)[]>} by source
 */
export async function search(context) {
  const { state, pos, explicit } = context;
  if (!explicit && !isWelcome(context)) return [];
  /** @type {readonly (CompletionSource | readonly (string | import("../vendor/assistance.js").Completion)[])[]} */
  const sources = state.languageDataAt("autocomplete", pos);
  const results = await Promise.all(
    sources.map((each) => (typeof each === "function" ? each : completeFromList(each))(context)),
  );
  if (explicit) return results;
  const words = new Set(results.flatMap((each) => each?.options.map(({ label }) => label) ?? []));
  const complete = results.some(
    (each) => each && isComplete(state.sliceDoc(each.from, pos), words),
  );
  return complete ? [] : results.map((each) => each && untilComplete(each, words));
}

/** @type {WeakMap<EditorState, Promise<(CompletionResult | null)[]>>} */
const searches = new WeakMap();

/**
 * CodeMirror asks each source separately, but only all of them together tell if a word is complete.
 * @param {CompletionContext} context
 */
function searchOnce(context) {
  const begun = searches.get(context.state) ?? search(context);
  searches.set(context.state, begun);
  return begun;
}

/** @type {CompletionSource[]} */
const SOURCES = Array.from(
  { length: MOST_SOURCES },
  (_, index) => async (context) => (await searchOnce(context))[index] ?? null,
);

/** When the list appeared, and whether you asked for it. */
const list = ViewPlugin.define(() => ({
  asked: false,
  shownAt: Infinity,
  update(/** @type {{state: EditorState}} */ { state }) {
    if (currentCompletions(state).length > 0) this.shownAt = Math.min(this.shownAt, Date.now());
    else if (this.shownAt < Infinity) {
      this.asked = false;
      this.shownAt = Infinity;
    }
  },
}));

/** @param {EditorView} view */
export function askForList(view) {
  const shown = view.plugin(list);
  if (shown) shown.asked = true;
  return startCompletion(view);
}

/**
 * You enter an unasked list with the down arrow, as it is below the line; other keys still move the
 * caret.
 * @param {boolean} forward
 * @param {"option" | "page"} by
 */
function choose(forward, by) {
  const move = moveCompletionSelection(forward, by);
  return (/** @type {EditorView} */ view) => {
    const shown = view.plugin(list);
    if (!shown) return false;
    const inside = shown.asked || selectedCompletionIndex(view.state) !== null;
    const enters = forward && by === "option" && Date.now() - shown.shownAt >= SEEN_MS;
    return (inside || enters) && move(view);
  };
}

/** @param {EditorView} view */
function acceptFirst(view) {
  if (view.state.readOnly || currentCompletions(view.state).length === 0) return false;
  if (selectedCompletionIndex(view.state) === null) {
    view.dispatch({ effects: setSelectedCompletion(0) });
  }
  return acceptCompletion(view);
}

export const LIST_KEYS = [
  // On a Mac as in VS Code: the system may use Ctrl-Space, and Option types characters.
  { key: "Ctrl-Space", run: askForList },
  { mac: "Alt-Escape", run: askForList },
  { key: "Escape", run: closeCompletion },
  { key: "ArrowDown", run: choose(true, "option") },
  { key: "ArrowUp", run: choose(false, "option") },
  { key: "PageDown", run: choose(true, "page") },
  { key: "PageUp", run: choose(false, "page") },
  { key: "Enter", run: acceptCompletion },
  { key: "Tab", run: acceptFirst },
];

/** Shows which key accepts the first completion. */
function tabHint() {
  const hint = document.createElement("span");
  hint.className = "tab-hint";
  hint.setAttribute("aria-hidden", "true");
  hint.dataset.key = strings.editor.tab;
  return hint;
}

/**
 * @param {boolean} unasked  whether the list shows while you type
 * @returns {Extension}
 */
export function suggestions(unasked) {
  return [
    autocompletion({
      activateOnTyping: unasked,
      defaultKeymap: false,
      interactionDelay: 0,
      override: SOURCES,
      selectOnOpen: false,
      addToOptions: [{ render: tabHint, position: 100 }],
    }),
    EditorState.languageData.of(() => [{ autocomplete: wordsOfTheDocument }]),
    list,
  ];
}
