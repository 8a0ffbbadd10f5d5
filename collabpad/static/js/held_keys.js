/**
 * A key that is held presses a button once, and acts only where it went down. Its repeats would
 * press the button again and again, and then whatever gets the keyboard next: "Remove" of another
 * person, the answer to a question, or Enter in the code.
 * @param {Window} page
 */
export function ignoreHeldKeys(page) {
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
  // "Next match" in the code's search may go on and on.
  return target instanceof HTMLButtonElement && target.closest(".cm-editor") === null;
}
