/**
 * Hides each part of the page with `data-may` from whoever may do none of the actions in it.
 * @param {import("./session_state.js").SessionState} state
 */
export function showPermitted(state) {
  /** @type {NodeListOf<HTMLElement>} */
  const parts = document.querySelectorAll("[data-may]");
  state.on("change", () => {
    if (!state.known) return;
    for (const part of parts) {
      const actions = /** @type {import("./protocol.js").Action[]} */ (
        part.dataset.may?.split(" ") ?? []
      );
      part.hidden = !actions.some((action) => state.may(action));
    }
  });
}
