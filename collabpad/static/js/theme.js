/**
 * The chosen theme. tokens.css has its colours; first_paint.js sets it on the page, before the
 * first paint and whenever the choice or the system's theme changes.
 */

/**
 * `contrast` is light or dark like the system; the system's own contrast setting always applies.
 */
export const THEMES = Object.freeze(/** @type {const} */ (["system", "light", "dark", "contrast"]));

/** @typedef {(typeof THEMES)[number]} ThemeName */

/** @param {ThemeName} name */
export function apply(name) {
  document.documentElement.dispatchEvent(new CustomEvent("themechoice", { detail: name }));
}

export class Theme {
  #store;
  #apply;

  /**
   * @param {{theme: string}} store
   * @param {(name: ThemeName) => void} [show]
   */
  constructor(store, show = apply) {
    this.#store = store;
    this.#apply = show;
  }

  /** @returns {ThemeName} */
  get choice() {
    return THEMES.find((name) => name === this.#store.theme) ?? "system";
  }

  /** @param {string} name */
  choose(name) {
    const theme = THEMES.find((other) => other === name) ?? "system";
    this.#store.theme = theme;
    this.#apply(theme);
  }
}
