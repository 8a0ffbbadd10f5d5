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

const TAKES_TEXT = "input, textarea, [contenteditable=true]";

/**
 * A tap on a button in this place leaves the keyboard where text is typed. Otherwise the page would
 * move as the keyboard goes, and the tap would end beside the button.
 * @param {HTMLElement} place
 */
export function keepKeyboard(place) {
  for (const down of ["pointerdown", "mousedown"]) {
    place.addEventListener(down, (event) => {
      const onButton = event.target instanceof Element && event.target.closest("button");
      if (onButton && isTouched() && document.activeElement?.matches(TAKES_TEXT)) {
        event.preventDefault();
      }
    });
  }
}
