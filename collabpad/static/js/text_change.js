/**
 * @param {string} from
 * @param {string} to
 * @returns {{from: number, to: number, insert: string}} the smallest change, so that carets stay;
 *   it never splits a surrogate pair, which a document cannot hold
 */
export function smallestChange(from, to) {
  const shorter = Math.min(from.length, to.length);
  let start = 0;
  while (start < shorter && from[start] === to[start]) start += 1;
  if (splitsPair(from, start) || splitsPair(to, start)) start -= 1;
  let end = 0;
  while (end < shorter - start && from[from.length - 1 - end] === to[to.length - 1 - end]) end += 1;
  if (splitsPair(from, from.length - end) || splitsPair(to, to.length - end)) end -= 1;
  return { from: start, to: from.length - end, insert: to.slice(start, to.length - end) };
}

/**
 * @param {string} text
 * @param {number} at
 * @returns {boolean} whether a surrogate pair spans this position
 */
export function splitsPair(text, at) {
  return isHighSurrogate(text, at - 1) && isLowSurrogate(text, at);
}

/** @param {string} text @param {number} at @returns {boolean} whether a high surrogate is here */
export function isHighSurrogate(text, at) {
  return (text.charCodeAt(at) & 0xfc00) === 0xd800;
}

/** @param {string} text @param {number} at @returns {boolean} whether a low surrogate is here */
export function isLowSurrogate(text, at) {
  return (text.charCodeAt(at) & 0xfc00) === 0xdc00;
}

const LONE = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

/** @param {string} text @returns {string} with U+FFFD for lone surrogates, as in UTF-8 */
export function wellFormed(text) {
  return text.replace(LONE, "\ufffd");
}
