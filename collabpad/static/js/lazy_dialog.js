import { element, icon } from "./dom.js";
import { strings } from "./strings.js";

/**
 * A dialog created when first opened. Escape, its close button and a click outside close it.
 *
 * @param {string} id
 * @param {string} title  also its accessible name
 * @param {boolean} [titled]  whether the title is visible
 * @returns {HTMLDialogElement}
 */
export function makeLazyDialog(id, title, titled = true) {
  const dialog = element("dialog", { class: "dialog lazy-dialog", id });
  dialog.addEventListener("click", (event) => {
    if (event.target === dialog) dialog.close();
  });
  if (titled) {
    const heading = element("h2", { id: `${id}-title`, text: title });
    const close = element(
      "button",
      {
        class: "quiet square",
        type: "button",
        "aria-label": strings.lazyDialog.close,
        onclick: () => dialog.close(),
      },
      icon("close"),
    );
    dialog.setAttribute("aria-labelledby", heading.id);
    dialog.append(element("div", { class: "dialog-head" }, heading, close));
  } else dialog.setAttribute("aria-label", title);
  document.body.append(dialog);
  return dialog;
}
