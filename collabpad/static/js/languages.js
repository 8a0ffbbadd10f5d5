import { EditorState, StreamLanguage } from "../vendor/editor.js";

/**
 * How the editor treats a language: the server tells which languages there are and the mode of
 * each (`session.languages`); the modes are here, each loaded when first chosen.
 *
 * @typedef {import("../vendor/editor.js").Extension} Extension
 * @typedef {import("./protocol.js").LanguageView} Language
 * @typedef {object} Mode
 * @property {() => Promise<Extension>} [load]  without one the text stays plain
 * @property {"python" | "json"} [marks]  whose syntax errors are marked
 * @property {boolean} [words]  whether keywords.js has its keywords
 * @property {string[]} [brackets]  that close themselves, where it is not for the parser to say
 * @property {boolean} [prose]  whether its words are no code, but where it quotes some
 * @property {RegExp} [imports]  begins a line that names what is elsewhere: nothing that is known
 *   here could complete it
 */

/** @type {Language} until the session is known */
export const PLAIN_TEXT = Object.freeze({
  id: "text",
  title: "",
  aliases: [],
  endings: [".txt"],
  mode: "text",
  indent: 0,
  runnable: false,
});

const IMPORT = /^\s*(?:import|package)\s/;
const INCLUDE = /^\s*#\s*(?:include|import)\b/;
const USE = /^\s*(?:pub\s+)?use\s/;

/**
 * @param {Exclude<keyof typeof import("../vendor/lang-legacy.js"), "prototype">} mode
 * @returns {() => Promise<Extension>}
 */
function legacy(mode) {
  return async () => StreamLanguage.define((await import("../vendor/lang-legacy.js"))[mode]);
}

/** @param {{jsx?: boolean, typescript?: boolean}} [options] */
function javascript(options) {
  return async () => (await import("../vendor/lang-javascript.js")).javascript(options);
}

/** @type {Readonly<Record<string, Mode>>} */
const MODES = Object.freeze({
  python: {
    load: async () => (await import("../vendor/lang-python.js")).python(),
    imports: /^\s*(?:import|from)\s/,
    marks: "python",
    words: true,
  },
  javascript: { load: javascript({ jsx: true }), imports: IMPORT, words: true },
  typescript: {
    load: javascript({ typescript: true }),
    imports: IMPORT,
    words: true,
  },
  shell: { load: legacy("shell") },
  c: {
    load: async () => (await import("../vendor/lang-cpp.js")).cpp(),
    imports: INCLUDE,
    words: true,
  },
  cpp: {
    load: async () => (await import("../vendor/lang-cpp.js")).cpp(),
    imports: INCLUDE,
    words: true,
  },
  go: {
    load: async () => (await import("../vendor/lang-go.js")).go(),
    imports: IMPORT,
    words: true,
  },
  rust: {
    load: async () => (await import("../vendor/lang-rust.js")).rust(),
    imports: USE,
    words: true,
  },
  java: {
    load: async () => (await import("../vendor/lang-java.js")).java(),
    imports: IMPORT,
    words: true,
  },
  php: {
    load: async () => (await import("../vendor/lang-php.js")).php(),
    imports: USE,
    words: true,
  },
  sql: { load: async () => (await import("../vendor/lang-sql.js")).sql() },
  html: { load: async () => (await import("../vendor/lang-html.js")).html() },
  css: { load: async () => (await import("../vendor/lang-css.js")).css() },
  json: {
    load: async () => (await import("../vendor/lang-json.js")).json(),
    words: true,
    marks: "json",
  },
  markdown: {
    load: async () => (await import("../vendor/lang-markdown.js")).markdown({ addKeymap: false }),
    brackets: ["(", "[", "{"],
    prose: true,
  },
  ruby: { load: legacy("ruby") },
  perl: { load: legacy("perl"), words: true, imports: USE },
  lua: { load: legacy("lua"), words: true },
  yaml: { load: legacy("yaml"), words: true },
  text: { brackets: [], prose: true },
});

/**
 * @param {string} name
 * @returns {Mode} plain text's for one that this page does not know
 */
function modeOf(name) {
  return Object.hasOwn(MODES, name) ? MODES[name] : MODES.text;
}

/**
 * @param {string} name  of a mode
 * @returns {Promise<Extension>} highlighting and keywords
 */
export async function languageSupport(name) {
  const { load, words, imports, brackets, prose } = modeOf(name);
  const data = {
    ...(imports && { imports }),
    ...(prose && { prose }),
    ...(brackets && { closeBrackets: { brackets } }),
  };
  const facts = EditorState.languageData.of(() => [data]);
  if (!load) return facts;
  const [support, keywords] = await Promise.all([
    load(),
    words ? import("./keywords.js").then(({ keywordCompletion }) => keywordCompletion(name)) : [],
  ]);
  return [facts, support, keywords];
}

/**
 * @param {Pick<Language, "mode" | "indent">} language
 * @param {Pick<import("./preferences.js").Choices, "tabSize" | "indentation">} choices
 * @param {string | null} detected  one step in, as the text has it
 * @returns {{unit: string, columns: number, typed: boolean}} what a step in is, how wide a tab
 *   looks, and whether Tab writes where the caret is
 */
export function indentOf({ mode, indent }, { tabSize, indentation }, detected) {
  const wanted = {
    detect: detected ?? (indent === 0 ? "\t" : spaces(tabSize || indent)),
    spaces: spaces(tabSize || indent || 4),
    tabs: "\t",
  };
  return {
    unit: wanted[indentation],
    columns: tabSize || 4,
    typed: modeOf(mode) === MODES.text,
  };
}

/** @param {number} count */
function spaces(count) {
  return " ".repeat(count);
}

/** @param {Pick<Language, "mode">} language */
export function marksOf({ mode }) {
  return modeOf(mode).marks ?? null;
}

/**
 * @param {string} name  of a file
 * @param {readonly Language[]} languages  the last one with the ending has it
 * @returns {string | undefined} the ID of the language that the file's ending tells
 */
export function languageOf(name, languages) {
  const ending = /\.[^.]+$/.exec(name)?.[0].toLowerCase() ?? "";
  return [...languages].reverse().find(({ endings }) => endings.includes(ending))?.id;
}

/**
 * @param {string} title
 * @param {Pick<Language, "endings">} language
 * @returns {string} a name that every file system takes
 */
export function fileName(title, { endings: [ending] }) {
  const base = title
    .normalize("NFC")
    .replace(/[^\p{L}\p{N}._-]+/gu, "-")
    .replace(/^[-.]+|[-.]+$/g, "")
    .slice(0, 60);
  const named = base.toLowerCase().endsWith(ending) && base.length > ending.length;
  return named ? base : `${base || "collabpad"}${ending}`;
}
