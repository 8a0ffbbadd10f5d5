import { strings } from "./strings.js";

/**
 * What happens when this person leaves for good: who gets what they have.
 * @param {import("./session_state.js").SessionState} state
 * @param {boolean} hasKey  whether they have the host link
 * @returns {{title: string, text: string, yes: string}} the question before it
 */
export function leaveConfirmation(state, hasKey) {
  const { title, yes } = strings.leaving;
  return { title, yes, text: consequences(state, hasKey).join(" ") };
}

/**
 * @param {import("./session_state.js").SessionState} state
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
