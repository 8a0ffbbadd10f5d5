/**
 * Enter and Escape that belong to an input method: they take or drop a candidate, and are no
 * answer to anything on the page.
 *
 * Safari says so by the key code alone: it ends the composition before it tells of the key
 * (https://bugs.webkit.org/show_bug.cgi?id=165004).
 */

const PROCESSED = 229;
/** Keyboards on Android give that code to keys that are none of their composition's. */
const TELLS_BY_CODE = !/Android/.test(navigator.userAgent);

/** @param {KeyboardEvent} event */
export function isComposing(event) {
  return event.isComposing || (TELLS_BY_CODE && event.keyCode === PROCESSED);
}

/**
 * Keeps such keys from whatever listens on the page, dialogs and forms included. The code editor
 * gets them: it knows of compositions itself.
 * @param {Window} page
 */
export function guardCompositions(page) {
  page.addEventListener(
    "keydown",
    (event) => {
      if (!isComposing(event)) return;
      if (event.target instanceof Element && event.target.closest(".cm-content")) return;
      event.stopImmediatePropagation();
      if (event.key === "Enter" || event.key === "Escape") event.preventDefault();
    },
    { capture: true },
  );
}
