import { byId } from "./dom.js";
import { strings } from "./strings.js";

/**
 * @typedef {import("./session_state.js").SessionState} SessionState
 */

/**
 * The button that leaves the session for good.
 * @param {object} parts
 * @param {SessionState} parts.state
 * @param {import("./actions.js").Actions} parts.actions
 * @param {import("./confirm_dialog.js").ConfirmDialog} parts.confirmDialog
 * @param {import("./identity.js").Identity} parts.identity
 * @param {string} parts.basePath
 */
export function connectLeaveButton({ state, actions, confirmDialog, identity, basePath }) {
  byId("leave", HTMLElement).addEventListener("click", async () => {
    const words = leaveConfirmation(state, identity.hostKey !== null);
    if (!(await confirmDialog.ask(words))) return;
    if (!(await actions.request("leave_session"))) return;
    identity.leave();
    location.assign(`${basePath}/`);
  });
}

/**
 * Asks before you leave, and says who gets the pen and who becomes the host.
 * @param {SessionState} state
 * @param {boolean} hasKey  whether you have the host link
 * @returns {{title: string, text: string, yes: string}}
 */
export function leaveConfirmation(state, hasKey) {
  const { title, yes } = strings.leaving;
  return { title, yes, text: consequences(state, hasKey).join(" ") };
}

/**
 * @param {SessionState} state
 * @param {boolean} hasKey
 */
function consequences(state, hasKey) {
  const words = strings.leaving;
  const { successor, isHost, hasPen } = state;
  const said = [];
  if (state.others.length === 0) said.push(words.alone);
  else if (isHost && successor) {
    said.push(hasPen ? words.seatAndPen(successor.name) : words.seat(successor.name));
  } else if (hasPen) {
    const heir = state.penHeir;
    said.push(heir ? words.pen(heir.name) : words.penFree);
  } else said.push(words.others);
  said.push(isHost && hasKey ? words.backAsHost : words.back);
  return said;
}
