import { AnsiStyle } from "./console_text.js";

/**
 * The end of a program's output as on a terminal: carriage returns, backspaces and escapes that
 * move the cursor overwrite text, so that a progress bar stays on one line.
 *
 * @typedef {import("./protocol.js").Stream} Stream
 * @typedef {{text: string, stream: Stream, classes: string[]}} Segment
 */

/** How many lines can still change, as on a terminal of that height. */
export const HEIGHT = 24;

/** A longer line continues as a new one: each change redraws a whole line. */
const LONGEST_ROW = 2000;

const TOKEN =
  // eslint-disable-next-line no-control-regex
  /[^\u0000-\u0008\u000a-\u001f\u007f]+|\u001b(?:\[([0-9;:?<=>]*)[ -/]*([@-~])|\][^\u0007\u001b]*(?:\u0007|\u001b\\)|[@-Z\\^_c])|[^]/g;

/** What `pieces` alone would show wrong. */
// eslint-disable-next-line no-control-regex
const MOVES_CURSOR = /\u0008|\r(?!\n)|\u001b(?:\[[0-9;?]*[ABCDEFGHJKdf]|M|c)/;

/** @param {string} text */
export function movesCursor(text) {
  return MOVES_CURSOR.test(text);
}

/** One line; `ended` once the cursor has moved below it. */
export class Row {
  /** @type {Segment[]} */
  segments = [];
  changed = true;
  ended = false;
  length = 0;

  /**
   * @param {number} column
   * @param {Segment} segment
   */
  write(column, segment) {
    const size = width(segment.text);
    const before = column < this.length ? cut(this.segments, 0, column) : this.segments;
    const gap = column - this.length;
    if (gap > 0) before.push({ ...segment, text: " ".repeat(gap), classes: [] });
    this.#set([...before, segment, ...cut(this.segments, column + size, this.length)]);
    this.length = Math.max(this.length, column + size);
  }

  /** @param {number} column */
  keepUntil(column) {
    this.#set(cut(this.segments, 0, column));
    this.length = Math.min(this.length, column);
  }

  /** @param {Segment[]} segments */
  #set(segments) {
    this.changed = true;
    this.segments = [];
    for (const segment of segments) {
      const last = this.segments.at(-1);
      if (
        last &&
        last.stream === segment.stream &&
        String(last.classes) === String(segment.classes)
      )
        this.segments[this.segments.length - 1] = { ...last, text: last.text + segment.text };
      else this.segments.push(segment);
    }
  }
}

/** The cursor, and the rows that it can return to. */
export class Screen {
  rows = [new Row()];
  /** @type {Row[]} scrolled away since the last `news` */
  #settled = [];
  /** @type {Row[]} */
  #dropped = [];
  #cleared = false;
  #row = 0;
  #column = 0;
  /** @type {Map<Stream, AnsiStyle>} */
  #styles = new Map();
  /** @type {Map<Stream, string>} escapes that are incomplete so far */
  #cut = new Map();

  /** @returns {boolean} whether new text goes to the very end */
  get atEnd() {
    return this.#row === this.rows.length - 1 && this.#column === this.rows[this.#row].length;
  }

  /** @param {Stream} stream */
  style(stream) {
    const style = this.#styles.get(stream) ?? new AnsiStyle();
    this.#styles.set(stream, style);
    return style;
  }

  /**
   * Prepends the incomplete escape from before, and keeps back the next one.
   * @param {Stream} stream
   * @param {string} data
   */
  whole(stream, data) {
    const text = (this.#cut.get(stream) ?? "") + data;
    const end = /\u001b(?:\[[0-9;:?<=>]*)?$/.exec(text)?.index ?? text.length;
    this.#cut.set(stream, text.slice(end));
    return text.slice(0, end);
  }

  /**
   * @param {Stream} stream
   * @param {string} text  with complete escapes
   */
  write(stream, text) {
    const style = this.style(stream);
    for (const [token, parameters, final] of text.matchAll(TOKEN)) {
      if (final === "m") style.apply(parameters);
      else if (final) this.#escape(final, parameters);
      else if (token === "\u001bc") this.#clear();
      else if (token === "\u001bM") this.#move(this.#row - 1, this.#column);
      else if (token === "\n") this.#newLine();
      else if (token === "\r") this.#column = 0;
      else if (token === "\b") this.#column = Math.max(0, this.#column - 1);
      else if (token >= " " || token[0] === "\t") this.#put(stream, style.classes, token);
    }
  }

  /** Makes all rows final and continues below, or after a line that has not ended. */
  settle() {
    this.#settled.push(...this.rows);
    this.rows = [new Row()];
    this.#row = this.#column = 0;
  }

  /**
   * @returns {{cleared: boolean, settled: Row[], dropped: Row[]}} what changed since the last call
   */
  news() {
    const news = { cleared: this.#cleared, settled: this.#settled, dropped: this.#dropped };
    this.#settled = [];
    this.#dropped = [];
    this.#cleared = false;
    return news;
  }

  /**
   * @param {Stream} stream
   * @param {string[]} classes
   * @param {string} text
   */
  #put(stream, classes, text) {
    const row = this.rows[this.#row];
    row.write(this.#column, { text, stream, classes });
    this.#column += width(text);
    if (row.length > LONGEST_ROW) this.settle();
  }

  #newLine() {
    this.rows[this.#row].ended = true;
    this.rows[this.#row].changed = true;
    this.#move(this.#row + 1, 0);
  }

  /**
   * @param {number} row
   * @param {number} column
   */
  #move(row, column) {
    this.#row = Math.max(0, row);
    this.#column = Math.max(0, column);
    while (this.rows.length <= this.#row) {
      const last = this.rows[this.rows.length - 1];
      last.changed = last.changed || !last.ended;
      last.ended = true;
      this.rows.push(new Row());
    }
    const above = Math.max(0, this.rows.length - HEIGHT);
    this.#settled.push(...this.rows.splice(0, above));
    this.#row -= above;
  }

  #clear() {
    this.#cleared = true;
    this.#settled = [];
    this.rows = [new Row()];
    this.#row = this.#column = 0;
  }

  /**
   * @param {string} final
   * @param {string} parameters
   */
  #escape(final, parameters) {
    const numbers = parameters.split(";").map((each) => Math.min(Number(each) || 0, 1000));
    const [first, second] = [numbers[0], numbers[1] ?? 0];
    const by = Math.max(first, 1);
    const [row, column] = [this.#row, this.#column];
    /** @type {Record<string, () => void>} */
    const moves = {
      A: () => this.#move(row - by, column),
      B: () => this.#move(Math.min(row + by, HEIGHT - 1), column),
      C: () => this.#move(row, column + by),
      D: () => this.#move(row, column - by),
      E: () => this.#move(Math.min(row + by, HEIGHT - 1), 0),
      F: () => this.#move(row - by, 0),
      G: () => this.#move(row, by - 1),
      H: () => this.#move(Math.min(by, HEIGHT) - 1, Math.max(second, 1) - 1),
      J: () => this.#eraseBelow(first),
      K: () => this.#eraseLine(first),
      d: () => this.#move(Math.min(by, HEIGHT) - 1, column),
    };
    moves[final === "f" ? "H" : final]?.();
  }

  /** @param {number} what  0: from the cursor, 2 and 3: everything */
  #eraseBelow(what) {
    if (what >= 2) this.#clear();
    if (what !== 0) return;
    this.#eraseLine(0);
    this.rows[this.#row].ended = false;
    this.#dropped.push(...this.rows.splice(this.#row + 1));
  }

  /** @param {number} what  0: from the cursor, 1: up to it, 2: all */
  #eraseLine(what) {
    const row = this.rows[this.#row];
    if (what === 0) row.keepUntil(this.#column);
    else if (what === 2) row.keepUntil(0);
    else if (row.length > 0)
      row.write(0, {
        text: " ".repeat(Math.min(this.#column + 1, row.length)),
        stream: row.segments[0].stream,
        classes: [],
      });
  }
}

/**
 * @param {string} text
 * @returns {number} characters; a surrogate pair counts as one
 */
function width(text) {
  return /[\ud800-\udbff]/.test(text) ? [...text].length : text.length;
}

/**
 * @param {Segment[]} segments
 * @param {number} from
 * @param {number} to  in characters
 * @returns {Segment[]}
 */
function cut(segments, from, to) {
  /** @type {Segment[]} */
  const kept = [];
  let start = 0;
  for (const segment of segments) {
    const size = width(segment.text);
    const [first, last] = [Math.max(from - start, 0), Math.min(to - start, size)];
    if (first < last) {
      const text =
        size === segment.text.length
          ? segment.text.slice(first, last)
          : [...segment.text].slice(first, last).join("");
      kept.push({ ...segment, text });
    }
    start += size;
  }
  return kept;
}
