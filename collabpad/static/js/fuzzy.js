/**
 * Fuzzy search: the text must contain the typed letters in order. Letters that begin words or
 * follow each other score higher.
 */

const WORD_START = 8;
const FOLLOWS = 5;
/** The beginning of one word scores higher than letters from several words. */
const UNBROKEN = 6;
const GAP = 0.15;

/**
 * @param {string} query
 * @param {string} text
 * @returns {{score: number, at: number[]} | null} the matching positions; null if there is no match
 */
export function match(query, text) {
  const wanted = letters(query).filter((letter) => letter.trim() !== "");
  const given = letters(text);
  /** @type {{score: number, at: number[]} | null} */
  let best = null;
  if (wanted.length === 0) return { score: 0, at: [] };
  given.forEach((letter, start) => {
    if (letter !== wanted[0]) return;
    const found = matchFrom(wanted, given, start);
    if (found && (best === null || found.score > best.score)) best = found;
  });
  return best;
}

/**
 * @param {string[]} wanted
 * @param {string[]} given
 * @param {number} start  of the first letter
 */
function matchFrom(wanted, given, start) {
  /** @type {number[]} */
  const at = [];
  let score = 0;
  let from = start;
  for (const [index, letter] of wanted.entries()) {
    const found = nextPlace(letter, given, from, wanted[index + 1]);
    if (found < 0) return null;
    if (isWordStart(given, found)) score += WORD_START;
    if (index > 0 && found === from) score += FOLLOWS;
    score -= (found - from) * GAP;
    at.push(found);
    from = found + 1;
  }
  if (isWordStart(given, start) && from - start === wanted.length) score += UNBROKEN;
  return { score: score - start * GAP, at };
}

/**
 * The next position of a letter. Prefers the beginning of a later word to the middle of this one,
 * if the following letter comes after it.
 * @param {string} letter
 * @param {string[]} given
 * @param {number} from
 * @param {string | undefined} following
 */
function nextPlace(letter, given, from, following) {
  const next = given.indexOf(letter, from);
  if (next === from || next < 0) return next;
  for (let place = next; place >= 0; place = given.indexOf(letter, place + 1)) {
    const goesOn = following === undefined || given.includes(following, place + 1);
    if (isWordStart(given, place) && goesOn) return place;
  }
  return next;
}

/** @param {string[]} given @param {number} place */
function isWordStart(given, place) {
  return place === 0 || !/[\p{L}\p{N}]/u.test(given[place - 1]);
}

/** @param {string} text @returns {string[]} lower case, one for each of the text's */
function letters(text) {
  return Array.from(text, (letter) => letter.toLowerCase());
}

/**
 * @template T
 * @param {string} query
 * @param {readonly T[]} items
 * @param {(item: T) => string} textOf
 * @returns {T[]} matches, best first; for an empty query all, in order
 */
export function filter(query, items, textOf) {
  return items
    .map((item, order) => ({ item, order, found: match(query, textOf(item)) }))
    .filter(({ found }) => found !== null)
    .sort((a, b) => (b.found?.score ?? 0) - (a.found?.score ?? 0) || a.order - b.order)
    .map(({ item }) => item);
}
