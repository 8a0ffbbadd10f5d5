/**
 * Where a text breaks the grammar of its language, told from the tree that the highlighting has
 * made already. Correct code is not to be marked: where the parser is known to be wrong, it is
 * not believed.
 *
 * @typedef {import("../vendor/editor.js").SyntaxNode} SyntaxNode
 * @typedef {import("../vendor/editor.js").Tree} Tree
 * @typedef {(from: number, to: number) => string} Read  a part of the text
 * @typedef {{from: number, to: number, unclosed: boolean}} SyntaxFault  empty where something is
 *   missing; `unclosed` is a bracket without its partner
 */

/** After the first faults a parser mostly guesses. */
const SHOWN = 3;
/** Characters of a complaint and its line that are looked at: what is upset is upset by then. */
const LOOKED_AT = 2000;

/**
 * Python that @lezer/python does not know and that upsets what it reads next, by how the line of
 * its complaint looks; found in the standard library and in some hundred packages.
 */
const UPSETTING = [
  /^\s*(async\s+)?with\s*\(/,
  /\bas\s*[([]/,
  /\bas\s+\w+\s*[.[]/,
  /^\s*match\b.*,/,
  /\bfor\b[^:]*,\s*\*/,
  /\b(rf|fr)["']/i,
  /\d\.\s+(if|else|or|and|is|in|not)\b/,
];

/**
 * Complaints about right Python that have no consequences.
 * @type {readonly ((node: SyntaxNode) => boolean)[]}
 */
const HARMLESS = Object.freeze([
  // `yield` with no value
  ({ parent, prevSibling }) => /^Yield/.test(parent?.name ?? "") && prevSibling?.name === "yield",
  // `1.`, taken for an attribute of a number
  ({ parent }) => parent?.name === "MemberExpression" && parent.firstChild?.name === "Number",
  // `case Point():` and other patterns
  (node) => headOf(node, "MatchClause") !== null,
]);

/**
 * @param {SyntaxNode} node
 * @param {string} name
 * @returns {SyntaxNode | null} the statement of that name in whose head, not body, the node stands
 */
function headOf(node, name) {
  for (let at = node.parent; at !== null && at.name !== "Body"; at = at.parent) {
    if (at.name === name) return at;
  }
  return null;
}

/**
 * @param {Tree} tree
 * @param {Read} read
 * @returns {SyntaxFault[]} the first ones
 */
export function pythonFaults(tree, read) {
  /** @type {SyntaxFault[]} */
  const found = [];
  for (const node of complaints(tree)) {
    const head = headOf(node, "WithStatement")?.from ?? lineStart(node.from, read);
    const whole = read(head, node.to) + restOfLine(node.to, tree.length, read);
    const line = whole.slice(0, LOOKED_AT);
    if (UPSETTING.some((pattern) => pattern.test(line))) break;
    if (HARMLESS.some((rule) => rule(node))) continue;
    const fault = unclosedBracket(node) ?? { from: node.from, to: node.to, unclosed: false };
    const same = found.some(({ from }) => lineStart(from, read) === lineStart(fault.from, read));
    if (!same) found.push(fault);
    if (found.length === SHOWN || fault.unclosed) break;
  }
  return found;
}

/**
 * @param {Tree} tree
 * @param {Read} read
 * @returns {SyntaxFault[]} one at the most: up to there all is right
 */
export function jsonFaults(tree, read) {
  if (read(0, tree.length).trim() === "") return [];
  return complaints(tree)
    .slice(0, 1)
    .map(({ from, to }) => ({ from, to, unclosed: false }));
}

/**
 * What opens and never closes swallows what follows; it is the bracket that is at fault.
 * @param {SyntaxNode} complaint
 * @returns {SyntaxFault | null}
 */
function unclosedBracket({ parent, type }) {
  const [first, last] = [parent?.firstChild, parent?.lastChild];
  if (!first || !last || !/^[([{]$/.test(first.name) || !type.isError) return null;
  if (/^[)\]}]$/.test(last.name)) return null;
  return { from: first.from, to: first.to, unclosed: true };
}

/**
 * @param {Tree} tree
 * @returns {SyntaxNode[]}
 */
function complaints(tree) {
  /** @type {SyntaxNode[]} */
  const found = [];
  tree.iterate({
    enter(ref) {
      if (ref.type.isError) found.push(ref.node);
    },
  });
  return found;
}

/** How far a line is looked at. */
const REACH = 200;

/** @param {number} at @param {Read} read */
function lineStart(at, read) {
  const before = read(Math.max(0, at - REACH), at);
  return at - (before.length - before.lastIndexOf("\n") - 1);
}

/** @param {number} at @param {number} end @param {Read} read */
function restOfLine(at, end, read) {
  return read(at, Math.min(end, at + REACH)).split("\n", 1)[0];
}
