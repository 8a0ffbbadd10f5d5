import { foldedRanges, unfoldEffect } from "../vendor/editor.js";

/**
 * Opens what is folded over a place that somebody is to see. One's own caret opens what it comes
 * into by itself; what only scrolls or marks does not.
 *
 * @param {import("../vendor/editor.js").EditorView} view
 * @param {number} from
 * @param {number} [to]
 */
export function unfold(view, from, to = from) {
  /** @type {import("../vendor/editor.js").StateEffect<{from: number, to: number}>[]} */
  const effects = [];
  foldedRanges(view.state).between(from, to, (start, end) => {
    // What ends or begins just there hides nothing of it.
    if (start < to || (from === to && start < from && end > from)) {
      effects.push(unfoldEffect.of({ from: start, to: end }));
    }
  });
  if (effects.length > 0) view.dispatch({ effects });
}
