import { HEIGHT, Screen, movesCursor } from "./console_screen.js";
import { linked, pieces } from "./console_text.js";
import { element } from "./dom.js";
import { strings } from "./strings.js";

/**
 * @typedef {import("./protocol.js").Stream} Stream
 * @typedef {import("./console_screen.js").Row} Row
 */

/** More lines than this at once are drawn as one piece, except the last ones. */
const BULK = 4 * HEIGHT;

/** Draws a program's output incrementally. */
export class ConsoleView {
  #place;
  #goToLine;
  #plain = "";
  #screen = new Screen();
  /** @type {Map<Row, HTMLElement>} rows that can still change */
  #drawn = new Map();

  /**
   * @param {HTMLElement} place
   * @param {(line: number) => void} goToLine
   */
  constructor(place, goToLine) {
    this.#place = place;
    this.#goToLine = goToLine;
  }

  /** @returns {string} the output with all its escapes */
  get plain() {
    return this.#plain;
  }

  clear() {
    this.#plain = "";
    this.#screen = new Screen();
    this.#drawn.clear();
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
    const text = this.#screen.whole(stream, data);
    const bulk = this.#bulk(text);
    if (bulk > 0) {
      this.#screen.settle();
      this.#draw();
      this.#place.append(
        ...this.#nodes(stream, pieces(text.slice(0, bulk), this.#screen.style(stream))),
      );
    }
    this.#screen.write(stream, text.slice(bulk));
    this.#draw();
    if (following) this.#place.scrollTop = this.#place.scrollHeight;
  }

  /** @param {string} text  from the page, not from the program */
  note(text) {
    this.#screen.settle();
    this.#draw();
    this.#place.append(element("div", { class: "console-note", text }));
    this.#place.scrollTop = this.#place.scrollHeight;
  }

  /**
   * @param {string} text
   * @returns {number} how much of it is final already, if that is worth a shortcut
   */
  #bulk(text) {
    if (!this.#screen.atEnd || movesCursor(text)) return 0;
    let end = text.length;
    for (let line = 0; line < BULK && end >= 0; line += 1) end = text.lastIndexOf("\n", end - 1);
    if (end <= 0) return 0;
    end = text.length;
    for (let line = 0; line < HEIGHT; line += 1) end = text.lastIndexOf("\n", end - 1);
    return end + 1;
  }

  #draw() {
    const { cleared, settled, dropped } = this.#screen.news();
    if (cleared) {
      this.#place.replaceChildren();
      this.#drawn.clear();
    }
    for (const row of dropped) {
      this.#drawn.get(row)?.remove();
      this.#drawn.delete(row);
    }
    for (const row of [...settled, ...this.#screen.rows]) this.#drawRow(row);
    for (const row of settled) this.#drawn.delete(row);
  }

  /** @param {Row} row */
  #drawRow(row) {
    if (!row.changed || (row.segments.length === 0 && !row.ended && !this.#drawn.has(row))) return;
    let place = this.#drawn.get(row);
    if (!place) {
      place = element("span");
      this.#drawn.set(row, place);
      this.#place.append(place);
    }
    place.replaceChildren(
      ...row.segments.flatMap(({ stream, text, classes }) =>
        this.#nodes(stream, linked(text, classes)),
      ),
      row.ended ? "\n" : "",
    );
    row.changed = false;
  }

  /**
   * @param {Stream} stream
   * @param {import("./console_text.js").Piece[]} shown
   * @returns {Node[]}
   */
  #nodes(stream, shown) {
    return shown.map((piece) => {
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
