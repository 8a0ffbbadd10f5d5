/**
 * How you arranged the page: marks and sizes on the root element, which style sheets read. They are
 * stored in the same form, so that first_paint.js can restore them before the first paint.
 *
 * @typedef {object} Kept
 * @property {Record<string, string>} marks  attributes `data-NAME`
 * @property {Record<string, number>} sizes  custom properties `--NAME`, without a unit
 */

const NAME = /^[a-z][a-z-]*$/;

export class Layout {
  #store;
  #root;
  /** @type {Kept} */
  #kept;

  /**
   * @param {{layout: unknown}} store
   * @param {Pick<HTMLElement, "setAttribute" | "removeAttribute" | "style">} [root]
   */
  constructor(store, root = document.documentElement) {
    this.#store = store;
    this.#root = root;
    this.#kept = {
      marks: entriesOf(store.layout, "marks", (value) => typeof value === "string"),
      sizes: entriesOf(store.layout, "sizes", Number.isFinite),
    };
  }

  /** @param {string} name */
  mark(name) {
    return this.#kept.marks[name] ?? null;
  }

  /**
   * @param {string} name
   * @param {string | null} value  null removes the mark
   */
  setMark(name, value) {
    if (value === this.mark(name)) return;
    if (value === null) {
      delete this.#kept.marks[name];
      this.#root.removeAttribute(`data-${name}`);
    } else {
      this.#kept.marks[name] = value;
      this.#root.setAttribute(`data-${name}`, value);
    }
    this.#store.layout = this.#kept;
  }

  /** @param {string} name */
  size(name) {
    return this.#kept.sizes[name] ?? null;
  }

  /** @param {Record<string, number | null>} sizes  null is the style sheet's default */
  setSizes(sizes) {
    for (const [name, value] of Object.entries(sizes)) {
      if (value === null) {
        delete this.#kept.sizes[name];
        this.#root.style.removeProperty(`--${name}`);
      } else {
        this.#kept.sizes[name] = value;
        this.#root.style.setProperty(`--${name}`, String(value));
      }
    }
    this.#store.layout = this.#kept;
  }
}

/**
 * @template T
 * @param {unknown} kept
 * @param {"marks" | "sizes"} part
 * @param {(value: unknown) => boolean} fits
 * @returns {Record<string, T>} the valid entries
 */
function entriesOf(kept, part, fits) {
  const found = /** @type {Partial<Record<string, unknown>> | null} */ (kept)?.[part];
  if (typeof found !== "object" || found === null) return {};
  return Object.fromEntries(
    Object.entries(found).filter(([name, value]) => NAME.test(name) && fits(value)),
  );
}
