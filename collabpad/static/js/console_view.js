import { AnsiStyle, pieces } from "./console_text.js";
import { element } from "./dom.js";
import { strings } from "./strings.js";

/** @typedef {import("./protocol.js").Stream} Stream */

/** An unfinished line is drawn again when more of it comes, so that a link in it is found. */
const REDRAWN = 2000;

/**
 * Draws a program's output as it comes, at the cost of what is new.
 */
export class ConsoleView {
  #place;
  #goToLine;
  #plain = "";
  /** @type {Map<Stream, AnsiStyle>} */
  #styles = new Map();
  /** @type {{text: string, stream: Stream, nodes: Node[]}} the last line, while it is not finished */
  #tail = { text: "", stream: "stdout", nodes: [] };
  /** An escape sequence whose end has not come yet. */
  #cut = "";

  /**
   * @param {HTMLElement} place
   * @param {(line: number) => void} goToLine
   */
  constructor(place, goToLine) {
    this.#place = place;
    this.#goToLine = goToLine;
  }

  /** @returns {string} what was printed, as it was printed */
  get plain() {
    return this.#plain;
  }

  clear() {
    this.#plain = "";
    this.#styles.clear();
    this.#endLine();
    this.#place.replaceChildren();
  }

  /**
   * @param {Stream} stream
   * @param {string} data
   */
  write(stream, data) {
    const { scrollHeight, scrollTop, clientHeight } = this.#place;
    const following = scrollHeight - scrollTop - clientHeight < 40;
    this.#plain += data;
    if (stream !== this.#tail.stream) this.#endLine();
    this.#draw(stream, data);
    if (following) this.#place.scrollTop = this.#place.scrollHeight;
  }

  /** @param {string} text  of the page's own */
  note(text) {
    this.#endLine();
    this.#place.append(element("div", { class: "console-note", text }));
    this.#place.scrollTop = this.#place.scrollHeight;
  }

  #endLine() {
    this.#tail = { text: "", stream: "stdout", nodes: [] };
    this.#cut = "";
  }

  /**
   * @param {Stream} stream
   * @param {string} data
   */
  #draw(stream, data) {
    for (const node of this.#tail.nodes) node.parentNode?.removeChild(node);
    const whole = this.#tail.text + this.#cut + data;
    const cut = /\u001b(?:\[[0-9;:?<=>]*)?$/.exec(whole)?.index ?? whole.length;
    const end = whole.lastIndexOf("\n", cut) + 1;
    const text = whole.slice(end, cut);
    if (end > 0)
      this.#place.append(...this.#nodes(stream, whole.slice(0, end), this.#style(stream)));
    this.#cut = whole.slice(cut);
    if (text.length > REDRAWN) {
      this.#place.append(...this.#nodes(stream, text, this.#style(stream)));
      this.#tail = { text: "", stream, nodes: [] };
      return;
    }
    const nodes = this.#nodes(stream, text, this.#style(stream).copy());
    this.#place.append(...nodes);
    this.#tail = { text, stream, nodes };
  }

  /** @param {Stream} stream */
  #style(stream) {
    const style = this.#styles.get(stream) ?? new AnsiStyle();
    this.#styles.set(stream, style);
    return style;
  }

  /**
   * @param {Stream} stream
   * @param {string} text
   * @param {AnsiStyle} style
   * @returns {Node[]}
   */
  #nodes(stream, text, style) {
    return pieces(text, style).map((piece) => {
      const { line } = piece;
      const name = [stream, ...piece.classes].join(" ");
      if (line === null) return element("span", { class: name, text: piece.text });
      return element("button", {
        type: "button",
        class: `place ${name}`,
        text: piece.text,
        title: strings.run.goTo(line),
        onclick: () => this.#goToLine(line),
      });
    });
  }
}
