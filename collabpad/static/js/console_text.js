/**
 * Splits a program's output into pieces to show: colours from ANSI escapes (other escapes are
 * dropped) and links to the lines that errors name. No DOM.
 *
 * @typedef {{text: string, classes: string[], line: number | null}} Piece  `line` from 1, of the
 *   code
 */

/** CSI and OSC sequences, and two-character escapes. */
const ESCAPE =
  /\u001b(?:\[([0-9;:?<=>]*)[ -/]*([@-~])|\][^\u0007\u001b]*(?:\u0007|\u001b\\)|[@-Z\\^_])/g;

/** Control characters that browsers show as nothing or as a box, except tab and newline. */
// eslint-disable-next-line no-control-regex
const CONTROLS = /[\u0000-\u0008\u000b-\u001f\u007f]/g;

/** Python's tracebacks, and `main.js:3:7` of JavaScript and most compilers. */
const PLACES = /File "([^"\n]+)", line (\d+)|\b([Mm]ain\.\w+):(\d+)/g;

/** The name of the program's own file, whatever folder it ran in. */
const OWN_FILE = /(?:^|\/)[Mm]ain\.\w+$/;

/** Colours stay until the program resets them. */
export class AnsiStyle {
  #bold = false;
  #dim = false;
  #italic = false;
  #underline = false;
  #foreground = "";
  #background = "";

  /** @returns {string[]} */
  get classes() {
    return [
      this.#bold ? "ansi-bold" : "",
      this.#dim ? "ansi-dim" : "",
      this.#italic ? "ansi-italic" : "",
      this.#underline ? "ansi-underline" : "",
      this.#foreground && `ansi-fg-${this.#foreground}`,
      this.#background && `ansi-bg-${this.#background}`,
    ].filter(Boolean);
  }

  /** @param {string} parameters  of an SGR sequence */
  apply(parameters) {
    const codes = parameters.split(/[;:]/).map(Number);
    for (let at = 0; at < codes.length; at += 1) {
      const code = codes[at];
      if (code === 38 || code === 48) at += this.#extended(code, codes.slice(at + 1));
      else this.#simple(code);
    }
  }

  /** @param {number} code */
  #simple(code) {
    if (code === 0) this.#reset();
    else if (code === 1) this.#bold = true;
    else if (code === 2) this.#dim = true;
    else if (code === 3) this.#italic = true;
    else if (code === 4) this.#underline = true;
    else if (code === 22) this.#bold = this.#dim = false;
    else if (code === 23) this.#italic = false;
    else if (code === 24) this.#underline = false;
    else if (code === 39) this.#foreground = "";
    else if (code === 49) this.#background = "";
    else if ((code >= 30 && code <= 37) || (code >= 90 && code <= 97))
      this.#foreground = String(code % 10);
    else if ((code >= 40 && code <= 47) || (code >= 100 && code <= 107))
      this.#background = String(code % 10);
  }

  /**
   * Only the first 16 of 256 colours are shown.
   * @param {number} code
   * @param {number[]} rest
   * @returns {number} how many of `rest` belong to it
   */
  #extended(code, rest) {
    if (rest[0] === 2) return 4;
    if (rest[0] !== 5) return 1;
    const color = rest[1] < 16 ? String(rest[1] % 8) : "";
    if (code === 38) this.#foreground = color;
    else this.#background = color;
    return 2;
  }

  #reset() {
    this.#bold = this.#dim = this.#italic = this.#underline = false;
    this.#foreground = this.#background = "";
  }
}

/**
 * @param {string} text
 * @param {AnsiStyle} style  as the text before left it
 * @returns {Piece[]}
 */
export function pieces(text, style) {
  /** @type {Piece[]} */
  const found = [];
  let from = 0;
  for (const escape of text.matchAll(ESCAPE)) {
    found.push(...linked(text.slice(from, escape.index), style.classes));
    if (escape[2] === "m") style.apply(escape[1]);
    from = escape.index + escape[0].length;
  }
  found.push(...linked(text.slice(from), style.classes));
  return found;
}

/**
 * @param {string} text
 * @param {string[]} classes
 * @returns {Piece[]}
 */
export function linked(text, classes) {
  const clean = text.replace(/\r\n/g, "\n").replace(CONTROLS, "");
  /** @type {Piece[]} */
  const found = [];
  let from = 0;
  for (const place of clean.matchAll(PLACES)) {
    if (place[1] !== undefined && !OWN_FILE.test(place[1])) continue;
    if (place.index > from)
      found.push({ text: clean.slice(from, place.index), classes, line: null });
    found.push({ text: place[0], classes, line: Number(place[2] ?? place[4]) });
    from = place.index + place[0].length;
  }
  if (from < clean.length) found.push({ text: clean.slice(from), classes, line: null });
  return found;
}
