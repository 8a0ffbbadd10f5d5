import { partsOf } from "./chat_text.js";
import { colorClass } from "./colors.js";
import { formatTime, element } from "./dom.js";
import { strings } from "./strings.js";

/** @typedef {import("./protocol.js").ChatMessage} ChatMessage */

/**
 * Shows the messages. Of consecutive system messages only the newest is visible; the others are
 * folded.
 */
export class ChatMessages {
  #place;
  #colorOf;
  #most;
  #count = 0;

  /**
   * @param {HTMLElement} place  a log
   * @param {(participantId: string | null) => string | undefined} colorOf
   * @param {number} most  how many messages are shown
   */
  constructor(place, colorOf, most) {
    this.#place = place;
    this.#colorOf = colorOf;
    this.#most = most;
    place.addEventListener("copy", copyAsWritten);
  }

  /** @param {ChatMessage[]} messages */
  reset(messages) {
    this.#place.replaceChildren();
    this.#count = 0;
    for (const message of messages) this.add(message);
    if (messages.length === 0) {
      this.#place.append(element("p", { class: "hint", text: strings.chat.empty }));
    }
  }

  /** @param {ChatMessage} message */
  add(message) {
    this.#place.querySelector(".hint")?.remove();
    if (message.kind === "system") this.#fold();
    this.#place.append(this.#line(message));
    this.#count += 1;
    if (this.#count > this.#most) this.#removeFirst();
  }

  /** Another system message is coming: folds those before it if there are at least two. */
  #fold() {
    const last = this.#place.lastElementChild;
    const before = last?.previousElementSibling;
    if (!last?.classList.contains("system")) return;
    if (before instanceof HTMLDetailsElement) {
      before.append(last);
      countIn(before);
    } else if (before?.classList.contains("system")) {
      const fold = element("details", { class: "system-fold", "aria-live": "off" });
      before.before(fold);
      fold.append(element("summary"), before, last);
      countIn(fold);
    }
  }

  #removeFirst() {
    const first = this.#place.querySelector("p");
    const fold = first?.parentElement;
    first?.remove();
    this.#count -= 1;
    if (!(fold instanceof HTMLDetailsElement)) return;
    if (fold.querySelector("p")) countIn(fold);
    else fold.remove();
  }

  /** @param {ChatMessage} message */
  #line({ kind, name, participant_id, message, timestamp }) {
    const time = element("time", { datetime: timestamp, text: formatTime(timestamp) });
    if (kind === "system") {
      const text = element("span", { text: message, dir: "auto" });
      return element("p", { class: "system" }, text, " · ", time);
    }
    const color = this.#colorOf(participant_id);
    const author = element("b", { text: name, dir: "auto" });
    if (color) author.className = `inked ${colorClass(color)}`;
    const said = element("span", { class: "said", dir: "auto" });
    said.append(...partsOf(message).map(nodeOf));
    return element("p", {}, author, " ", time, said);
  }
}

/** @param {HTMLDetailsElement} fold */
function countIn(fold) {
  const summary = fold.querySelector("summary");
  const count = fold.querySelectorAll("p").length;
  if (summary) summary.textContent = strings.chat.systemMessages(count);
}

/**
 * @param {import("./chat_text.js").Part} part
 * @returns {Node}
 */
function nodeOf(part) {
  if (part.kind !== "code") {
    return part.kind === "link" ? linkTo(part) : document.createTextNode(part.text);
  }
  return element(
    "code",
    { class: part.block ? "block" : "", dir: "ltr" },
    element("span", { text: part.opens, hidden: true }),
    part.text,
    element("span", { text: part.closes, hidden: true }),
  );
}

/** @param {{text: string, href: string}} written */
function linkTo({ text, href }) {
  const link = element("a", {
    href,
    text,
    dir: "ltr",
    target: "_blank",
    rel: "noopener noreferrer",
  });
  // Letters of other scripts can imitate a well-known host.
  if (!href.toLowerCase().includes(link.hostname)) link.title = link.href;
  return link;
}

/**
 * Copied messages keep the backticks that were typed and are not shown.
 * @param {ClipboardEvent} event
 */
function copyAsWritten(event) {
  const selection = document.getSelection();
  if (!selection || selection.isCollapsed || !event.clipboardData) return;
  const range = selection.getRangeAt(0);
  const place = event.currentTarget;
  if (!(place instanceof Node) || !place.contains(range.commonAncestorContainer)) return;
  const copied = range.cloneContents();
  for (const line of copied.querySelectorAll("details:not([open]) p")) line.remove();
  const lines = [...copied.querySelectorAll("p, summary")];
  event.clipboardData.setData("text/plain", (lines[0] ? lines : [copied]).map(written).join("\n"));
  event.preventDefault();
}

/**
 * @param {Element | DocumentFragment} line
 * @returns {string}
 */
function written(line) {
  const said = line.querySelector(".said");
  const text = said?.textContent ?? "";
  said?.remove();
  const head = line.textContent?.trim() ?? "";
  if (!said) return line.textContent ?? "";
  return head ? `${head}\n${text}` : text;
}
