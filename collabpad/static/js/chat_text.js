/**
 * Splits a chat message into text, links and code between backticks. The parts contain the whole
 * message in order. No DOM.
 *
 * @typedef {{kind: "text", text: string} | {kind: "link", text: string, href: string}} Words
 * @typedef {object} Code
 * @property {"code"} kind
 * @property {string} opens  backticks, language and line break
 * @property {string} text
 * @property {string} closes
 * @property {boolean} block  on lines of its own
 *
 * @typedef {Words | Code} Part
 */

/** Excludes white space, invisible characters and those that change the writing direction. */
const LINK =
  /(?:\bhttps?:\/\/|(?<![\p{L}\p{N}\p{C}_.@:/-])www\.(?=[\p{L}\p{N}]))[^\s\p{C}<>"`]+/giu;
const PUNCTUATION = new Set(".,;:!?'*_~…’”»");
const BRACKETS = Object.freeze([
  ["(", ")"],
  ["[", "]"],
  ["{", "}"],
]);
const FENCE = 3;

/**
 * @param {string} message
 * @returns {Part[]}
 */
export function partsOf(message) {
  /** @type {Part[]} */
  const parts = [];
  let done = 0;
  for (const { from, to, ticks } of codesIn(message)) {
    const code = codeOf(message.slice(from, to), ticks);
    // A block already ends its line.
    const lineEnd = code.block && message[to] === "\n" ? "\n" : "";
    parts.push(...linksIn(message.slice(done, from)));
    parts.push({ ...code, closes: code.closes + lineEnd });
    done = to + lineEnd.length;
  }
  return [...parts, ...linksIn(message.slice(done))];
}

/**
 * As in Markdown, a run of backticks is closed by a run of the same length.
 * @param {string} message
 * @returns {{from: number, to: number, ticks: number}[]}
 */
function codesIn(message) {
  const runs = [...message.matchAll(/`+/g)].map((run) => ({ at: run.index, ticks: run[0].length }));
  /** @type {Map<number, number>} */
  const next = new Map();
  const closing = runs.map(() => -1);
  for (let at = runs.length - 1; at >= 0; at -= 1) {
    closing[at] = next.get(runs[at].ticks) ?? -1;
    next.set(runs[at].ticks, at);
  }
  const codes = [];
  for (let at = 0; at < runs.length; at += 1) {
    if (closing[at] < 0) continue;
    const { at: from, ticks } = runs[at];
    at = closing[at];
    codes.push({ from, to: runs[at].at + ticks, ticks });
  }
  return codes;
}

/**
 * @param {string} source  with its backticks
 * @param {number} ticks
 * @returns {Code}
 */
function codeOf(source, ticks) {
  const inner = source.slice(ticks, -ticks);
  const block = ticks >= FENCE && inner.includes("\n");
  const [opening] = (block ? /^[\w+#.-]*[ \t]*\n/ : /^ (?=.*\S.* $)/s).exec(inner) ?? [""];
  const rest = inner.slice(opening.length);
  const [ending] = (block ? /\n?$/ : opening ? / $/ : /$/).exec(rest) ?? [""];
  const text = rest.slice(0, rest.length - ending.length);
  return {
    kind: "code",
    opens: source.slice(0, ticks) + opening,
    text,
    closes: ending + source.slice(-ticks),
    block,
  };
}

/**
 * @param {string} text
 * @returns {Words[]}
 */
function linksIn(text) {
  /** @type {Words[]} */
  const parts = [];
  let done = 0;
  for (const { 0: found, index } of text.matchAll(LINK)) {
    const link = withoutPunctuation(found);
    const href = /^www\./i.test(link) ? `http://${link}` : link;
    if (!isSafe(href)) continue;
    if (index > done) parts.push({ kind: "text", text: text.slice(done, index) });
    parts.push({ kind: "link", text: link, href });
    done = index + link.length;
  }
  return done < text.length ? [...parts, { kind: "text", text: text.slice(done) }] : parts;
}

/**
 * Punctuation after the link and brackets around it are not part of it.
 * @param {string} link
 * @returns {string}
 */
function withoutPunctuation(link) {
  const count = (/** @type {string} */ sign) => link.split(sign).length - 1;
  const unopened = new Map(BRACKETS.map(([open, close]) => [close, count(close) - count(open)]));
  let end = link.length;
  for (; end > 0; end -= 1) {
    const last = link[end - 1];
    const left = unopened.get(last) ?? 0;
    if (left > 0) unopened.set(last, left - 1);
    else if (!PUNCTUATION.has(last)) break;
  }
  return link.slice(0, end);
}

/**
 * A user name or password before the host only disguises where the link leads.
 * @param {string} link
 */
function isSafe(link) {
  try {
    const { protocol, username, password } = new URL(link);
    return /^https?:$/.test(protocol) && username === "" && password === "";
  } catch {
    return false;
  }
}
