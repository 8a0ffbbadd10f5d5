import { syntaxTree } from "../vendor/editor.js";

/**
 * Finds out whether a position is in a comment or string.
 *
 * @typedef {import("../vendor/editor.js").EditorState} EditorState
 * @typedef {import("../vendor/editor.js").SyntaxNode} SyntaxNode
 */

const COMMENT = /comment/i;
const STRING = /string|char(acter|literal)?$|regexp/i;
/** Code inside a string. */
const CODE_AGAIN = /interpolation|replacement|substitution/i;

/**
 * @param {EditorState} state
 * @param {SyntaxNode} node  a string
 * @param {number} pos
 */
function goesOn(state, { from, to }, pos) {
  if (pos < to) return true;
  const [quote] = /["'`]/.exec(state.sliceDoc(from, Math.min(to, from + 4))) ?? [""];
  return quote === "" || to - from < 2 || state.sliceDoc(to - 1, to) !== quote;
}

/**
 * @param {EditorState} state
 * @param {number} pos
 * @returns {SyntaxNode | null} the comment or string around this place
 */
export function commentOrStringAt(state, pos) {
  /** @type {SyntaxNode | null} */
  let node = syntaxTree(state).resolveInner(pos, -1);
  for (; node && !CODE_AGAIN.test(node.name); node = node.parent) {
    if (COMMENT.test(node.name)) return node;
    if (STRING.test(node.name) && goesOn(state, node, pos)) return node;
  }
  return null;
}
