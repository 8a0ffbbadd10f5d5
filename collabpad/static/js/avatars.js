import { colorClass, initials } from "./colors.js";
import { element } from "./dom.js";
import { strings } from "./strings.js";

/**
 * @typedef {import("./protocol.js").ParticipantView} Participant
 * @typedef {import("./session_state.js").SessionState} SessionState
 */

/** How many avatars fit into the header; the last may be a number. */
const ROOM = Object.freeze({ wide: 4, narrow: 3 });

/**
 * @param {SessionState} state
 * @param {Participant} person
 * @returns {HTMLElement}
 */
export function avatar(state, person) {
  return element("span", {
    class: `avatar ${colorClass(person.color)}`,
    text: initials(person.name),
    "data-activity": state.activityOf(person),
    "aria-hidden": "true",
  });
}

/**
 * The header's button for the people: an avatar for each who is online, as far as there is room.
 * @param {HTMLElement} button
 * @param {SessionState} state
 * @param {Participant[]} online
 */
export function drawAvatars(button, state, online) {
  const label = strings.people.open(online.length);
  button.setAttribute("aria-label", label);
  button.setAttribute("title", label);
  button
    .querySelector(".face-row")
    ?.replaceChildren(
      ...avatarsFor(state, online, ROOM.wide, "on-wide"),
      ...avatarsFor(state, online, ROOM.narrow, "on-narrow"),
    );
}

/**
 * @param {SessionState} state
 * @param {Participant[]} online
 * @param {number} room
 * @param {string} width  class
 */
function avatarsFor(state, online, room, width) {
  const shown = online
    .slice(0, online.length > room ? room - 1 : room)
    .map((person) => avatar(state, person));
  const more = online.length - shown.length;
  if (more > 0) shown.push(element("span", { class: "avatar more", text: `+${more}` }));
  for (const each of shown) each.classList.add(width);
  return shown;
}
