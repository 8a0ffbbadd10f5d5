import { byId } from "./dom.js";
import { strings } from "./strings.js";

/**
 * @typedef {object} TitleParts  what the tab shows while you look at another
 * @property {string} title
 * @property {number} unread
 * @property {string | null} holder  who has the pen, if it is somebody else
 * @property {boolean} mine  whether you have it
 */

/**
 * @param {TitleParts} parts
 * @returns {string} the most important first: narrow tabs show no more
 */
export function titleOf({ title, unread, holder, mine }) {
  const count = unread ? `(${unread}) ` : "";
  const parts = [mine ? `✎ ${title}` : title, ...(holder ? [`✎ ${holder}`] : [])];
  return count + strings.session.page(parts.join(" · "));
}

/**
 * @param {{unread: number, color: string | null, mine: boolean}} parts  `color` of the pen's holder
 * @returns {string} the URL of an image
 */
export function iconOf({ unread, color, mine }) {
  const count = unread > 9 ? "9+" : String(unread);
  const pen = `<g transform="translate(0 15)"><circle cx="8" cy="9" r="8" fill="#fff"/>
    <circle cx="8" cy="9" r="6.5" fill="${color}"/>${mine ? PEN : ""}</g>`;
  const badge = `<circle cx="21.5" cy="10.5" r="9.5" fill="#b3261e" stroke="#fff" stroke-width="2"/>
    <text x="21.5" y="15.5" fill="#fff" font-family="sans-serif" font-size="14" font-weight="700"
      text-anchor="middle">${count}</text>`;
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32">${MARK}${
    color ? pen : ""
  }${unread ? badge : ""}</svg>`;
  return `data:image/svg+xml,${encodeURIComponent(svg.replace(/\n\s*/g, " "))}`;
}

const PEN = `<path d="m5 12 .5-2 4-4 1.5 1.5-4 4Z" fill="#fff" stroke="#fff"/>`;
/** As in icon.svg. */
const MARK = `<clipPath id="round"><rect width="32" height="32" rx="8"/></clipPath>
  <g clip-path="url(#round)"><path fill="#1f5fbf" d="M0 0h32v32H0Z"/>
  <path d="M32 0v32H0Z" fill="#b3420b"/></g>
  <path d="M12.5 10.5 7 16l5.5 5.5M19.5 10.5 25 16l-5.5 5.5" fill="none" stroke="#fff"
    stroke-width="3" stroke-linecap="round" stroke-linejoin="round"/>`;

/** The tab's title and icon: unread messages, and who has the pen. */
export class TitleBadge {
  #state;
  #unread = 0;
  #icon = byId("favicon", HTMLLinkElement);
  #plain = this.#icon.href;

  /** @param {import("./session_state.js").SessionState} state */
  constructor(state) {
    this.#state = state;
    state.on("change", () => this.#draw());
  }

  /** @param {number} unread */
  set unread(unread) {
    this.#unread = unread;
    this.#draw();
  }

  #draw() {
    const state = this.#state;
    if (!state.known) return;
    const holder = state.penHolder;
    const unread = this.#unread;
    const mine = state.hasPen;
    document.title = titleOf({
      title: state.session.title || strings.session.untitled,
      unread,
      holder: mine ? null : (holder?.name ?? null),
      mine,
    });
    const href = holder || unread ? iconOf({ unread, color: holder?.color ?? null, mine }) : "";
    if (this.#icon.href !== (href || this.#plain)) this.#icon.href = href || this.#plain;
  }
}
