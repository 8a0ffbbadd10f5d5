import { element } from "./dom.js";

const STEP = 16;
const BIG_STEP = 64;

/**
 * @typedef {object} Edge
 * @property {HTMLElement} panel  to resize; the splitter is on its border to the code
 * @property {"width" | "height"} side
 * @property {string} label
 * @property {() => {min: number, max: number}} limits  pixels
 * @property {(size: number | null) => void} resize  null is the default size
 * @property {() => void} close
 */

/**
 * The size after a key press. Panels are to the right of the code or below it.
 *
 * @param {string} key
 * @param {boolean} big
 * @param {number} size
 * @param {{side: "width" | "height", min: number, max: number}} edge
 * @returns {number | null} null for other keys
 */
export function sizeByKey(key, big, size, { side, min, max }) {
  const step = big ? BIG_STEP : STEP;
  const [more, less] = side === "width" ? ["ArrowLeft", "ArrowRight"] : ["ArrowUp", "ArrowDown"];
  /** @type {Record<string, number>} */
  const sizes = { [more]: size + step, [less]: size - step, Home: min, End: max };
  const wanted = sizes[key];
  return wanted === undefined ? null : Math.max(min, Math.min(max, wanted));
}

/** A border that you can move by mouse, touch or keys. A double click resets it. */
export class Splitter {
  #edge;
  #bar;

  /** @param {Edge} edge */
  constructor(edge) {
    this.#edge = edge;
    this.#bar = element("div", {
      class: `splitter of-${edge.side}`,
      role: "separator",
      tabindex: "0",
      "aria-orientation": edge.side === "width" ? "vertical" : "horizontal",
      "aria-label": edge.label,
      "aria-controls": edge.panel.id,
    });
    this.#bar.addEventListener("pointerdown", (event) => this.#drag(event));
    this.#bar.addEventListener("keydown", (event) => this.#key(event));
    this.#bar.addEventListener("dblclick", () => edge.resize(null));
    edge.panel.prepend(this.#bar);
    new ResizeObserver(() => this.#draw()).observe(edge.panel);
    this.#draw();
  }

  get #size() {
    return this.#edge.panel.getBoundingClientRect()[this.#edge.side];
  }

  #draw() {
    const { min, max } = this.#edge.limits();
    const values = { valuemin: min, valuemax: Math.max(max, this.#size), valuenow: this.#size };
    for (const [name, value] of Object.entries(values)) {
      this.#bar.setAttribute(`aria-${name}`, String(Math.round(value)));
    }
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    const { side, limits, resize, close } = this.#edge;
    const wanted = sizeByKey(event.key, event.shiftKey, this.#size, { side, ...limits() });
    if (wanted !== null) resize(wanted);
    else if (event.key === "Enter") close();
    else return;
    event.preventDefault();
  }

  /** @param {PointerEvent} down */
  #drag(down) {
    if (down.button !== 0) return;
    const { side, limits, resize } = this.#edge;
    const at = (/** @type {PointerEvent} */ event) =>
      side === "width" ? event.clientX : event.clientY;
    const [start, size] = [at(down), this.#size];
    const moves = (/** @type {PointerEvent} */ event) => {
      const { min, max } = limits();
      resize(Math.round(Math.max(min, Math.min(max, size + start - at(event)))));
    };
    trackPointer(this.#bar, down, moves);
  }
}

/**
 * Reports the pointer's moves until it is released.
 * @param {HTMLElement} handle
 * @param {PointerEvent} down
 * @param {(event: PointerEvent) => void} moves
 * @param {() => void} [ended]
 */
export function trackPointer(handle, down, moves, ended) {
  const done = new AbortController();
  const { signal } = done;
  handle.setPointerCapture(down.pointerId);
  handle.classList.add("held");
  handle.addEventListener("pointermove", moves, { signal });
  for (const end of ["pointerup", "pointercancel", "lostpointercapture"]) {
    handle.addEventListener(end, () => done.abort(), { signal });
  }
  signal.addEventListener("abort", () => {
    handle.classList.remove("held");
    ended?.();
  });
}
