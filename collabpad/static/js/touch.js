/** @typedef {import("../vendor/editor.js").EditorView} EditorView */

/** @returns {boolean} whether a field with the focus brings up a keyboard over the page */
export function isTouched() {
  return window.matchMedia("(pointer: coarse)").matches;
}

/**
 * The keyboard comes to the code; on a screen that is touched without bringing its own one up.
 * @param {EditorView} view
 */
export function takeKeyboard(view) {
  if (isTouched()) view.dom.parentElement?.focus();
  else view.focus();
}
