/**
 * Copies text. Works over plain HTTP, too, where browsers have no `navigator.clipboard`.
 * @param {string} text
 * @returns {Promise<boolean>} whether it worked
 */
async function copyText(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return copyBySelection(text);
  }
}

/** @param {string} text */
function copyBySelection(text) {
  const focused = document.activeElement;
  const field = document.createElement("textarea");
  field.className = "hidden-label";
  field.value = text;
  // A modal dialog makes everything outside it inert, including a field in the body.
  (document.querySelector("dialog:modal") ?? document.body).append(field);
  field.select();
  const done = document.execCommand("copy");
  field.remove();
  if (focused instanceof HTMLElement) focused.focus();
  return done;
}

/**
 * Copies, and briefly says so on the button.
 * @param {HTMLElement} label  of the button
 * @param {string} text
 * @param {{copied: string, copy: string, failed: string}} words
 */
export async function copyWithFeedback(label, text, words) {
  label.textContent = (await copyText(text)) ? words.copied : words.failed;
  setTimeout(() => {
    label.textContent = words.copy;
  }, 2000);
}
