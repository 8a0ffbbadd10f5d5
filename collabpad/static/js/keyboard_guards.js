/** Key presses that must not reach the page: those of an input method, and repeats of a held key. */

/**
 * Safari tells of such keys only by their code: it ends the composition before the keydown event
 * (https://bugs.webkit.org/show_bug.cgi?id=165004).
 */
const PROCESSED = 229;
/** Keyboards on Android use that code for other keys, too. */
const HAS_KEY_CODES = !/Android/.test(navigator.userAgent);

/** @param {KeyboardEvent} event */
function isComposing(event) {
  return event.isComposing || (HAS_KEY_CODES && event.keyCode === PROCESSED);
}

/**
 * Hides keys of an input method from all listeners, dialogs and forms: Enter and Escape accept or
 * drop a candidate there. The code editor still gets them: it handles compositions itself.
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

/**
 * A held key presses a button once, and acts only where it went down. Its repeats would press the
 * button again and then whatever gets the focus next: another person's "Remove", the answer to a
 * question, or Enter in the code.
 * @param {Window} page
 */
export function ignoreKeyRepeat(page) {
  /** @type {EventTarget | null} */
  let pressedOn = null;
  page.addEventListener(
    "keydown",
    (event) => {
      if (event.key !== "Enter" && event.key !== " ") return;
      if (!event.repeat) pressedOn = event.target;
      else if (event.target !== pressedOn || isButton(event.target)) {
        event.preventDefault();
        event.stopImmediatePropagation();
      }
    },
    { capture: true },
  );
}

/** @param {EventTarget | null} target */
function isButton(target) {
  // "Next match" in the editor's search panel may repeat.
  return target instanceof HTMLButtonElement && target.closest(".cm-editor") === null;
}
