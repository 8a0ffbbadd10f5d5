import { byId } from "./dom.js";
import { strings } from "./strings.js";

/** Later an unanswered invitation means little. */
const SHOWN_MS = 60_000;

/** "Bring everybody to me": an invitation that you can decline. It moves nobody by itself. */
export class Gathering {
  #state;
  #actions;
  #notices;
  #go;
  #button = byId("gather", HTMLButtonElement);
  /** @type {Map<string, import("./notices.js").Notice>} by inviting participant */
  #invitations = new Map();

  /**
   * @param {import("./session_state.js").SessionState} state
   * @param {import("./actions.js").Actions} actions
   * @param {import("./notices.js").Notices} notices
   * @param {{show: () => void, follow: (id: string) => void}} go  `show`: tells the others where
   *   your caret is
   */
  constructor(state, actions, notices, go) {
    this.#state = state;
    this.#actions = actions;
    this.#notices = notices;
    this.#go = go;
    this.#button.addEventListener("click", () => void this.gather());
    state.on("change", () => this.#draw());
    this.#draw();
  }

  async gather() {
    this.#go.show();
    if (await this.#actions.request("gather")) this.#notices.show(strings.gathering.sent);
  }

  /** @param {import("./protocol.js").Person} person */
  invited({ participant_id: id, name }) {
    const words = strings.gathering;
    this.#invitations.get(id)?.dismiss();
    const invitation = this.#notices.prompt(
      words.invited(name),
      [{ label: words.go, run: () => this.#go.follow(id) }, { label: words.stay }],
      { shownMs: SHOWN_MS, kind: "invitation" },
    );
    this.#invitations.set(id, invitation);
  }

  #draw() {
    this.#button.hidden = !this.#state.mayGather;
    for (const [id, invitation] of this.#invitations) {
      if (this.#state.person(id)?.online) continue;
      invitation.dismiss();
      this.#invitations.delete(id);
    }
  }
}
