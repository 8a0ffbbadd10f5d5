import { EditorState, StreamLanguage } from "../vendor/editor.js";

/**
 * Highlighting by language ID, each loaded when first chosen; and what a download is called.
 *
 * @typedef {import("../vendor/editor.js").Extension} Extension
 * @typedef {object} Language
 * @property {() => Promise<Extension>} [load]  without one the text stays plain
 * @property {string} suffix  of a file's name
 * @property {number} [indent]  spaces; 0 is a tab
 * @property {"python" | "json"} [marks]  whose syntax errors are marked
 * @property {boolean} [words]  whether keywords.js has its keywords
 * @property {string[]} [brackets]  that close themselves, where it is not for the parser to say
 * @property {boolean} [prose]  whether its words are no code, but where it quotes some
 * @property {RegExp} [imports]  begins a line that names what is elsewhere: nothing that is known
 *   here could complete it
 */

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

/** @type {Readonly<Record<string, Language>>} */
const LANGUAGES = Object.freeze({
  python: {
    load: async () => (await import("../vendor/lang-python.js")).python(),
    suffix: "py",
    imports: /^\s*(?:import|from)\s/,
    indent: 4,
    marks: "python",
    words: true,
  },
  javascript: { load: javascript({ jsx: true }), suffix: "js", imports: IMPORT, words: true },
  typescript: {
    load: javascript({ typescript: true }),
    suffix: "ts",
    imports: IMPORT,
    words: true,
  },
  shell: { load: legacy("shell"), suffix: "sh" },
  c: {
    load: async () => (await import("../vendor/lang-cpp.js")).cpp(),
    suffix: "c",
    imports: INCLUDE,
    indent: 4,
    words: true,
  },
  cpp: {
    load: async () => (await import("../vendor/lang-cpp.js")).cpp(),
    suffix: "cpp",
    imports: INCLUDE,
    indent: 4,
    words: true,
  },
  go: {
    load: async () => (await import("../vendor/lang-go.js")).go(),
    suffix: "go",
    indent: 0,
    imports: IMPORT,
    words: true,
  },
  rust: {
    load: async () => (await import("../vendor/lang-rust.js")).rust(),
    suffix: "rs",
    imports: USE,
    indent: 4,
    words: true,
  },
  java: {
    load: async () => (await import("../vendor/lang-java.js")).java(),
    suffix: "java",
    imports: IMPORT,
    indent: 4,
    words: true,
  },
  php: {
    load: async () => (await import("../vendor/lang-php.js")).php(),
    suffix: "php",
    imports: USE,
    indent: 4,
    words: true,
  },
  sql: { load: async () => (await import("../vendor/lang-sql.js")).sql(), suffix: "sql" },
  html: { load: async () => (await import("../vendor/lang-html.js")).html(), suffix: "html" },
  css: { load: async () => (await import("../vendor/lang-css.js")).css(), suffix: "css" },
  json: {
    load: async () => (await import("../vendor/lang-json.js")).json(),
    suffix: "json",
    words: true,
    marks: "json",
  },
  markdown: {
    load: async () => (await import("../vendor/lang-markdown.js")).markdown({ addKeymap: false }),
    suffix: "md",
    brackets: ["(", "[", "{"],
    prose: true,
  },
  ruby: { load: legacy("ruby"), suffix: "rb" },
  perl: { load: legacy("perl"), suffix: "pl", indent: 4, words: true, imports: USE },
  lua: { load: legacy("lua"), suffix: "lua", words: true },
  yaml: { load: legacy("yaml"), suffix: "yaml", words: true },
  text: { suffix: "txt", brackets: [], prose: true, indent: 0 },
});

/**
 * @param {string} id
 * @returns {Language}
 */
function language(id) {
  return Object.hasOwn(LANGUAGES, id) ? LANGUAGES[id] : LANGUAGES.text;
}

/**
 * @param {string} id
 * @returns {Promise<Extension>} highlighting and keywords; plain text for an unknown one
 */
export async function languageSupport(id) {
  const { load, words, imports, brackets, prose } = language(id);
  const data = {
    ...(imports && { imports }),
    ...(prose && { prose }),
    ...(brackets && { closeBrackets: { brackets } }),
  };
  const facts = EditorState.languageData.of(() => [data]);
  if (!load) return facts;
  const [support, keywords] = await Promise.all([
    load(),
    words ? import("./keywords.js").then(({ keywordCompletion }) => keywordCompletion(id)) : [],
  ]);
  return [facts, support, keywords];
}

/**
 * @param {string} id
 * @param {Pick<import("./preferences.js").Choices, "tabSize" | "indentation">} choices
 * @param {string | null} detected  one step in, as the text has it
 * @returns {{unit: string, columns: number, typed: boolean}} what a step in is, how wide a tab
 *   looks, and whether Tab writes where the caret is
 */
export function indentOf(id, { tabSize, indentation }, detected) {
  const { indent = 2 } = language(id);
  const wanted = {
    detect: detected ?? (indent === 0 ? "\t" : spaces(tabSize || indent)),
    spaces: spaces(tabSize || indent || 4),
    tabs: "\t",
  };
  return {
    unit: wanted[indentation],
    columns: tabSize || 4,
    typed: language(id) === LANGUAGES.text,
  };
}

/** @param {number} count */
function spaces(count) {
  return " ".repeat(count);
}

/** @param {string} id */
export function marksOf(id) {
  return language(id).marks ?? null;
}

/**
 * @param {string} name  of a file
 * @returns {string | undefined} the language that its suffix tells
 */
export function languageOf(name) {
  const suffix = /\.([^.]+)$/.exec(name)?.[1].toLowerCase();
  return Object.keys(LANGUAGES).find((id) => LANGUAGES[id].suffix === suffix);
}

/**
 * @param {string} title
 * @param {string} languageId
 * @returns {string} a name that every file system takes
 */
export function fileName(title, languageId) {
  const base = title
    .normalize("NFC")
    .replace(/[^\p{L}\p{N}._-]+/gu, "-")
    .replace(/^[-.]+|[-.]+$/g, "")
    .slice(0, 60);
  const ending = `.${language(languageId).suffix}`;
  const named = base.toLowerCase().endsWith(ending) && base.length > ending.length;
  return named ? base : `${base || "collabpad"}${ending}`;
}
