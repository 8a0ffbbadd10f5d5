import { avatar, drawAvatars } from "./avatars.js";
import { colorClass } from "./colors.js";
import { byId, element, icon } from "./dom.js";
import { strings } from "./strings.js";

/**
 * @typedef {import("./protocol.js").ParticipantView} Participant
 * @typedef {import("./session_state.js").SessionState} SessionState
 */

/** Buttons that may get the focus by themselves. */
const HARMLESS = ["follow", "goto", "rename"].map((does) => `[data-action^=${does}-]`).join();

/**
 * @param {SessionState} state
 * @param {Participant} person
 * @returns {string} role, rights and activity in a few words
 */
export function statusText(state, person) {
  const words = strings.people;
  const parts = [];
  if (state.isHostSeat(person)) parts.push(state.session.acting ? words.actingHost : words.host);
  if (person.role === "viewer") parts.push(words.viewing);
  else if (state.handoff && person.can_write) parts.push(words.pen);
  else if (!state.handoff) parts.push(person.can_write ? words.writes : words.muted);
  if (person.wants_write !== null) parts.push(state.handoff ? words.asks : words.asksMuted);
  const doing = words.activity[state.activityOf(person)];
  if (doing) parts.push(doing);
  return parts.join(" · ");
}

/** The list of participants, with the buttons for what you can do with each. */
export class Participants {
  #state;
  #actions;
  #notices;
  #list = byId("participants", HTMLElement);
  #facesButton = byId("people-button", HTMLElement);
  #alone = byId("alone", HTMLElement);
  #callbacks;
  #confirmDialog;
  #links;
  /** @type {string | null} whom you follow */
  #followed = null;
  /** @type {Map<string, string>} names by ID of those who were online at the last change */
  #online = new Map();
  /** @type {Map<string, {looks: string, row: HTMLElement}>} */
  #rows = new Map();
  #wasHost = false;

  /**
   * @param {SessionState} state
   * @param {import("./actions.js").Actions} actions
   * @param {import("./notices.js").Notices} notices
   * @param {import("./confirm_dialog.js").ConfirmDialog} confirmDialog
   * @param {import("./link_changes.js").LinkChanges} links
   * @param {{rename: () => void, follow: (id: string) => void, goTo: (id: string) => void}} callbacks
   *   `rename` asks for your new name
   */
  constructor(state, actions, notices, confirmDialog, links, callbacks) {
    this.#state = state;
    this.#actions = actions;
    this.#notices = notices;
    this.#confirmDialog = confirmDialog;
    this.#links = links;
    this.#callbacks = callbacks;
    state.on("change", () => this.#draw());
  }

  /** @param {string | null} id */
  set followed(id) {
    this.#followed = id;
    this.#draw();
  }

  /** Focuses the first button that gives the pen. */
  focusGiving() {
    const first = this.#list.querySelector("[data-action^=give]");
    if (first instanceof HTMLElement) first.focus();
  }

  #draw() {
    const list = this.#list;
    const { people } = this.#state;
    const focused = document.activeElement;
    const at = [...list.children].findIndex((row) => row.contains(focused));
    const rows = people.map((person) => this.#rowOf(person));
    if (rows.length !== list.children.length || rows.some((row, at) => row !== list.children[at])) {
      list.replaceChildren(...rows);
    }
    if (at >= 0 && document.activeElement === document.body) {
      this.#passFocus(focused?.getAttribute("data-action") ?? "", at);
    }
    const online = people.filter((person) => person.online);
    drawAvatars(this.#facesButton, this.#state, online);
    this.#alone.hidden = people.length !== 1;
    this.#announce(online);
  }

  /**
   * The row that had the focus was redrawn or removed. The focus moves to the same button or to what
   * is now in its place, but never to a button that does something to another person.
   * @param {string} action
   * @param {number} at
   */
  #passFocus(action, at) {
    const list = this.#list;
    const row = list.children[at] ?? list.lastElementChild;
    const next =
      list.querySelector(`[data-action="${CSS.escape(action)}"]`) ??
      row?.querySelector(HARMLESS) ??
      row;
    if (next instanceof HTMLElement) next.focus();
  }

  /**
   * An unchanged row keeps its element, so that a click that has begun still counts.
   * @param {Participant} person
   */
  #rowOf(person) {
    const state = this.#state;
    const { permissions, handoff } = state;
    const mayGive = state.mayGivePenTo(person);
    const stands = statusText(state, person);
    const followed = this.#followed === person.id;
    const looks = JSON.stringify([person, permissions, handoff, mayGive, stands, followed]);
    const known = this.#rows.get(person.id);
    if (known?.looks === looks) return known.row;
    const row = this.#row(person);
    this.#rows.set(person.id, { looks, row });
    return row;
  }

  /** @param {Participant} person */
  #row(person) {
    const state = this.#state;
    const name = element("span", { class: "name", text: person.name });
    name.setAttribute("dir", "auto");
    const you = state.isMe(person)
      ? [" ", element("span", { class: "muted small", text: strings.people.you })]
      : [];
    const text = element(
      "div",
      { class: "person-text" },
      element("div", { class: "person-name" }, name, ...you),
      element("div", { class: "muted small" }, ...withLineBreaks(statusText(state, person))),
    );
    const row = element("li", { class: "person", tabindex: "-1" }, this.#face(person), text);
    row.classList.toggle("is-away", !person.online);
    row.append(element("span", { class: "person-actions" }, ...this.#buttons(person)));
    return row;
  }

  /** @param {Participant} person */
  #face(person) {
    const face = avatar(this.#state, person);
    if (this.#state.isMe(person) || !person.online) return face;
    const label = strings.people.follow(person.name);
    const follow = action(`follow-${person.id}`, label, null, () =>
      this.#callbacks.follow(person.id),
    );
    follow.className = `face ${colorClass(person.color)}`;
    follow.setAttribute("aria-pressed", String(this.#followed === person.id));
    follow.append(face, icon("follow"));
    return follow;
  }

  /** @param {Participant} person */
  #buttons(person) {
    const { id, name, online } = person;
    const state = this.#state;
    const words = strings.people;
    const ask = (/** @type {"grant_write" | "revoke_write" | "transfer_host"} */ event) => () =>
      void this.#actions.request(event, { participant_id: id });
    if (state.isMe(person)) {
      if (!state.may("rename")) return [];
      const rename = action(`rename-${id}`, words.rename, null, this.#callbacks.rename);
      rename.textContent = words.renameShort;
      rename.classList.add("quiet");
      return [rename];
    }
    const buttons = [];
    if (state.mayGivePenTo(person)) {
      const label = strings.pen.giveTo(name);
      const give = action(`give-${id}`, label, null, ask("grant_write"));
      give.textContent = strings.pen.giveShort;
      buttons.push(give);
    }
    if (online) {
      buttons.push(action(`goto-${id}`, words.goTo(name), "goto", () => this.#callbacks.goTo(id)));
    }
    if (state.mayMute(person)) buttons.push(this.#mute(person, ask));
    if (state.mayMakeHost(person)) {
      buttons.push(action(`host-${id}`, words.makeHost(name), "host", ask("transfer_host")));
    }
    if (state.mayRemove(person)) {
      const remove = () => void this.#remove(person);
      buttons.push(action(`remove-${id}`, words.remove(name), "remove", remove));
    }
    return buttons;
  }

  /**
   * @param {Participant} person
   * @param {(event: "grant_write" | "revoke_write") => () => void} ask
   */
  #mute({ id, name, can_write }, ask) {
    return can_write
      ? action(`mute-${id}`, strings.people.mute(name), "mute", ask("revoke_write"))
      : action(`mute-${id}`, strings.people.unmute(name), "pen", ask("grant_write"));
  }

  /** @param {Participant} person */
  async #remove({ id, name }) {
    const words = strings.people.removing(name);
    const at = this.#state.people.findIndex((person) => person.id === id);
    const yes = await this.#confirmDialog.ask(
      words,
      this.#state.may("rotate_links") ? words.changeLinks : undefined,
    );
    // The button may have been redrawn in the meantime.
    if (document.activeElement === document.body) this.#passFocus(`remove-${id}`, at);
    if (!yes) return;
    const { optionChosen } = this.#confirmDialog;
    if (!(await this.#actions.request("remove_participant", { participant_id: id }))) return;
    if (optionChosen) await this.#links.change();
    else this.#links.removed(name);
  }

  /** @param {Participant[]} online */
  #announce(online) {
    const now = new Map(online.map(({ id, name }) => [id, name]));
    const before = this.#online;
    this.#online = now;
    const { isHost } = this.#state;
    if (before.size > 0) {
      const words = strings.people;
      if (isHost && !this.#wasHost) this.#notices.announce(words.saidHost);
      for (const [id, name] of now)
        if (!before.has(id)) this.#notices.announceGrouped(words.saidJoined, name);
      for (const [id, name] of before)
        if (!now.has(id)) this.#notices.announceGrouped(words.saidLeft, name);
    }
    this.#wasHost = isHost;
  }
}

/**
 * Lets a line that is too long break before a dot, not after it.
 * @param {string} text
 * @returns {(HTMLElement | string)[]}
 */
function withLineBreaks(text) {
  const [first = "", ...others] = text.split(" · ");
  return [first, ...others.flatMap((part) => [" ", element("span", { text: `· ${part}` })])];
}

/**
 * @param {string} key  the same for the same button after a redraw
 * @param {string} label
 * @param {string | null} picture  null for a button with words
 * @param {() => void} onclick
 */
function action(key, label, picture, onclick) {
  const button = element("button", {
    type: "button",
    class: picture ? "quiet square" : "small",
    "data-action": key,
    "aria-label": label,
    title: label,
    onclick,
  });
  if (picture) button.append(icon(picture));
  return button;
}
