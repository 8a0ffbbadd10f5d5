import { Emitter } from "./emitter.js";

/**
 * Your preferences for the editor, stored in the browser.
 *
 * @typedef {object} Choices
 * @property {boolean} wrap  wrap long lines
 * @property {number} fontSize  of the code, px
 * @property {number} tabSize  in columns; 0 is the language's default
 * @property {"detect" | "spaces" | "tabs"} indentation
 * @property {"plain" | "vim" | "vscode"} keys
 * @property {boolean} completion  while you type
 * @property {boolean} marks  mark syntax errors
 * @property {boolean} edits  announce others' edits to screen readers
 */

/** @type {Readonly<Choices>} */
export const DEFAULTS = Object.freeze({
  wrap: false,
  fontSize: 14,
  tabSize: 0,
  indentation: "detect",
  keys: "plain",
  completion: true,
  marks: true,
  edits: true,
});
export const FONT_SIZES = Object.freeze({ least: 9, most: 40 });
export const TAB_SIZES = Object.freeze([0, 2, 3, 4, 8]);
export const INDENTATIONS = Object.freeze(/** @type {const} */ (["detect", "spaces", "tabs"]));
export const KEYS = Object.freeze(/** @type {const} */ (["plain", "vim", "vscode"]));

/**
 * @param {unknown} kept  from storage: from an older page, edited by hand, or nothing
 * @returns {Choices}
 */
export function sanitized(kept) {
  const found = /** @type {Partial<Record<keyof Choices, unknown>>} */ (kept ?? {});
  const { wrap, fontSize, tabSize, indentation, keys, completion, marks, edits } = found;
  return {
    wrap: boolean(wrap, DEFAULTS.wrap),
    fontSize: fittingSize(fontSize),
    tabSize: TAB_SIZES.find((each) => each === tabSize) ?? DEFAULTS.tabSize,
    indentation: INDENTATIONS.find((each) => each === indentation) ?? DEFAULTS.indentation,
    keys: KEYS.find((each) => each === keys) ?? DEFAULTS.keys,
    completion: boolean(completion, DEFAULTS.completion),
    marks: boolean(marks, DEFAULTS.marks),
    edits: boolean(edits, DEFAULTS.edits),
  };
}

/** @param {unknown} value @param {boolean} otherwise */
function boolean(value, otherwise) {
  return typeof value === "boolean" ? value : otherwise;
}

/** @param {unknown} size */
function fittingSize(size) {
  if (typeof size !== "number" || !Number.isFinite(size)) return DEFAULTS.fontSize;
  return Math.min(Math.max(Math.round(size), FONT_SIZES.least), FONT_SIZES.most);
}

/** @extends {Emitter<{change: Choices}>} */
export class Preferences extends Emitter {
  #store;
  #choices;

  /** @param {{preferences: unknown}} store */
  constructor(store) {
    super();
    this.#store = store;
    this.#choices = sanitized(store.preferences);
  }

  /** @returns {Readonly<Choices>} */
  get choices() {
    return this.#choices;
  }

  /** @param {Partial<Choices>} changed */
  choose(changed) {
    this.#choices = sanitized({ ...this.#choices, ...changed });
    this.#store.preferences = this.#choices;
    this.emit("change", this.#choices);
  }

  toggleWrap() {
    this.choose({ wrap: !this.#choices.wrap });
  }

  /** @param {number} steps  negative is smaller */
  resizeFont(steps) {
    this.choose({ fontSize: this.#choices.fontSize + steps });
  }
}
