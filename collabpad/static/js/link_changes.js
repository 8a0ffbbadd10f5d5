import { byId } from "./dom.js";
import { strings } from "./strings.js";

/** Changes the session's links, and warns after a removal that the old ones still work. */
export class LinkChanges {
  #state;
  #actions;
  #notices;
  #confirmDialog;
  /** @type {string[]} who was removed since the links were last changed */
  #removed = [];
  /** @type {import("./notices.js").Notice | null} the warning */
  #notice = null;

  /**
   * @param {import("./session_state.js").SessionState} state
   * @param {import("./actions.js").Actions} actions
   * @param {import("./notices.js").Notices} notices
   * @param {import("./confirm_dialog.js").ConfirmDialog} confirmDialog
   */
  constructor(state, actions, notices, confirmDialog) {
    this.#state = state;
    this.#actions = actions;
    this.#notices = notices;
    this.#confirmDialog = confirmDialog;
    byId("change-links", HTMLElement).addEventListener("click", () => void this.#ask());
    state.on("change", () => {
      if (!state.may("rotate_links")) this.#dismiss();
    });
  }

  async #ask() {
    if (await this.#confirmDialog.ask(strings.session.changingLinks)) await this.change();
  }

  async change() {
    if (!(await this.#actions.request("rotate_links", { which: "both" }))) return;
    this.changed();
    this.#notices.show(strings.session.linksChanged);
  }

  /** The links have changed: nobody can come back with the old ones. */
  changed() {
    this.#removed = [];
    this.#dismiss();
  }

  /** @param {string} name  of a removed person, who knows the links */
  removed(name) {
    this.#removed.push(name);
    this.#dismiss();
    const [first] = this.#removed;
    const text = strings.people.removed(first, this.#removed.length - 1);
    const change = { label: strings.people.changeLinks, run: () => void this.#ask() };
    this.#notice = this.#notices.show(text, this.#state.may("rotate_links") ? change : undefined);
  }

  #dismiss() {
    this.#notice?.dismiss();
    this.#notice = null;
  }
}
