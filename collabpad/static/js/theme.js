/**
 * The theme that this browser's owner chose. What it looks like is in tokens.css; first_paint.js
 * writes it on the page, before the first paint and whenever the choice or the system changes.
 */

/** `contrast` is light or dark as the system is; the system's own wish for contrast always holds. */
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
