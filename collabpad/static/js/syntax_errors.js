/**
 * Finds syntax errors in the tree that highlighting has already parsed. Correct code must not be
 * marked, so known faults of the parser are ignored.
 *
 * @typedef {import("../vendor/editor.js").SyntaxNode} SyntaxNode
 * @typedef {import("../vendor/editor.js").Tree} Tree
 * @typedef {(from: number, to: number) => string} Read  a part of the text
 * @typedef {{from: number, to: number, unclosed: boolean}} SyntaxFault  empty if something is
 *   missing; `unclosed` is a bracket without its partner
 */

/** After the first errors a parser mostly guesses. */
const SHOWN = 3;
/** How many characters of an error and its line are checked. */
const LOOKED_AT = 2000;

/**
 * Valid Python that @lezer/python does not know and that confuses it afterwards, by the line of its
 * error. Found in the standard library and some hundred packages.
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
 * Errors in valid Python that do not affect what follows.
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
 * @returns {SyntaxNode | null} the statement of that name whose head, not body, contains the node
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
 * @returns {SyntaxFault[]} at most one: everything before it is valid
 */
export function jsonFaults(tree, read) {
  if (read(0, tree.length).trim() === "") return [];
  return complaints(tree)
    .slice(0, 1)
    .map(({ from, to }) => ({ from, to, unclosed: false }));
}

/**
 * An unclosed bracket swallows what follows, so the error is at the bracket.
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

/** How much of a line is checked. */
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
