import { strings } from "./strings.js";

/** @typedef {import("./session_state.js").SessionState} SessionState */

/**
 * @param {SessionState} state
 * @returns {string} what you may do here, in one line
 */
function rightsOf(state) {
  const words = strings.welcome;
  if (!state.may("request_write")) return words.viewer;
  if (state.isHost) return words.host;
  if (state.may("write")) return words.writer;
  return state.handoff ? words.reader : words.muted;
}

/**
 * Tells newcomers once what they may do, for as long as it is true.
 * @param {SessionState} state
 * @param {import("./notices.js").Notices} notices
 */
export function welcome(state, notices) {
  let said = "";
  const stop = state.on("change", () => {
    if (!state.me) return;
    const rights = rightsOf(state);
    if (!said) notices.show(rights);
    else if (said !== rights) {
      notices.setLasting(said, false);
      stop();
    }
    said ||= rights;
  });
}
