import { StreamLanguage, indentUnit } from "../vendor/editor.js";

/**
 * Highlighting by language ID, each loaded when first chosen; and what a download is called.
 *
 * @typedef {import("../vendor/editor.js").Extension} Extension
 * @typedef {object} Language
 * @property {() => Promise<Extension>} [load]  without one the text stays plain
 * @property {string} suffix  of a file's name
 * @property {number} [indent]  spaces; 0 is a tab
 */

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
    indent: 4,
  },
  javascript: { load: javascript({ jsx: true }), suffix: "js" },
  typescript: { load: javascript({ typescript: true }), suffix: "ts" },
  shell: { load: legacy("shell"), suffix: "sh" },
  c: { load: async () => (await import("../vendor/lang-cpp.js")).cpp(), suffix: "c", indent: 4 },
  cpp: {
    load: async () => (await import("../vendor/lang-cpp.js")).cpp(),
    suffix: "cpp",
    indent: 4,
  },
  go: { load: async () => (await import("../vendor/lang-go.js")).go(), suffix: "go", indent: 0 },
  rust: {
    load: async () => (await import("../vendor/lang-rust.js")).rust(),
    suffix: "rs",
    indent: 4,
  },
  java: {
    load: async () => (await import("../vendor/lang-java.js")).java(),
    suffix: "java",
    indent: 4,
  },
  php: {
    load: async () => (await import("../vendor/lang-php.js")).php(),
    suffix: "php",
    indent: 4,
  },
  sql: { load: async () => (await import("../vendor/lang-sql.js")).sql(), suffix: "sql" },
  html: { load: async () => (await import("../vendor/lang-html.js")).html(), suffix: "html" },
  css: { load: async () => (await import("../vendor/lang-css.js")).css(), suffix: "css" },
  json: { load: async () => (await import("../vendor/lang-json.js")).json(), suffix: "json" },
  markdown: {
    load: async () => (await import("../vendor/lang-markdown.js")).markdown(),
    suffix: "md",
  },
  ruby: { load: legacy("ruby"), suffix: "rb" },
  perl: { load: legacy("perl"), suffix: "pl", indent: 4 },
  lua: { load: legacy("lua"), suffix: "lua" },
  csharp: { load: legacy("csharp"), suffix: "cs", indent: 4 },
  kotlin: { load: legacy("kotlin"), suffix: "kt", indent: 4 },
  swift: { load: legacy("swift"), suffix: "swift", indent: 4 },
  haskell: { load: legacy("haskell"), suffix: "hs" },
  r: { load: legacy("r"), suffix: "r" },
  powershell: { load: legacy("powerShell"), suffix: "ps1", indent: 4 },
  toml: { load: legacy("toml"), suffix: "toml" },
  yaml: { load: legacy("yaml"), suffix: "yaml" },
  text: { suffix: "txt" },
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
 * @returns {Promise<Extension>} highlighting and indentation; plain text for an unknown one
 */
export async function languageSupport(id) {
  const { load, indent = 2 } = language(id);
  const unit = indentUnit.of(indent === 0 ? "\t" : " ".repeat(indent));
  return load ? [await load(), unit] : unit;
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
  return `${base || "collabpad"}.${language(languageId).suffix}`;
}
