/** Small DOM helpers. Text is inserted as text, never as markup. */

const SVG = "http://www.w3.org/2000/svg";

/**
 * @template {HTMLElement} T
 * @param {string} id
 * @param {{new (): T}} type
 * @returns {T}
 */
export function byId(id, type) {
  const found = document.getElementById(id);
  if (!(found instanceof type)) throw new Error(`#${id} is not a ${type.name}`);
  return found;
}

/**
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {Record<string, string | boolean | (() => void)>} [options]  `text`, `class`, `onclick`, attributes
 * @param {...(Node | string)} children
 * @returns {HTMLElementTagNameMap[Tag]}
 */
export function element(tag, options = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(options)) {
    if (typeof value === "function") made.addEventListener(name.slice(2), () => value());
    else if (name === "text") made.textContent = String(value);
    else if (name === "class") made.className = String(value);
    else if (typeof value === "boolean") made.toggleAttribute(name, value);
    else made.setAttribute(name, value);
  }
  made.append(...children);
  return made;
}

/**
 * @param {string} name  of a symbol in templates/icons.html
 * @returns {SVGElement}
 */
export function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS(SVG, "use");
  use.setAttribute("href", `#icon-${name}`);
  svg.append(use);
  return svg;
}

/** @param {Element} target @returns {boolean} whether it takes up space on the page */
export function isShown(target) {
  return target.getClientRects().length > 0;
}

/**
 * Leaves equal text alone, so that live regions stay quiet.
 * @param {HTMLElement} target
 * @param {string} text
 */
export function setText(target, text) {
  if (target.textContent !== text) target.textContent = text;
}

/**
 * Formats a time, the same everywhere on the page.
 * @param {string | number | Date} when
 * @param {number} [now]  ms
 * @param {"short" | "medium"} [timeStyle]  medium includes seconds
 * @returns {string} hours and minutes, and the day unless it is today, in the reader's locale
 */
export function formatTime(when, now = Date.now(), timeStyle = "short") {
  const date = new Date(when);
  if (Number.isNaN(date.getTime())) return "";
  const today = new Date(now);
  const time = date.toLocaleTimeString([], { timeStyle });
  if (date.toDateString() === today.toDateString()) return time;
  const year = date.getFullYear() === today.getFullYear() ? undefined : "numeric";
  return `${date.toLocaleDateString([], { day: "numeric", month: "short", year })}, ${time}`;
}
