import { EditAnnouncer, firstChange } from "./edit_announcer.js";
import { Following } from "./following.js";
import { Gathering } from "./gathering.js";
import { Pointing } from "./pointing.js";
import { strings } from "./strings.js";

/**
 * @typedef {import("../vendor/editor.js").Y.Text} Text
 * @typedef {import("./protocol.js").ParticipantView} Participant
 *
 * @typedef {object} PeerFeatureParts
 * @property {import("./code_editor.js").CodeEditor} editor
 * @property {import("./session_state.js").SessionState} state
 * @property {import("./actions.js").Actions} actions
 * @property {import("./notices.js").Notices} notices
 * @property {import("./remote_cursors.js").RemoteCursors} carets
 * @property {import("./presence.js").PresenceSender} presence
 * @property {() => Text} text
 * @property {import("./preferences.js").Preferences} preferences
 * @property {(id: string | null) => void} followed  called with whom you follow now
 */

/** An edit further than this many lines from somebody's caret is not theirs. */
const NEAR_LINES = 1;

/** Features that need somebody else; loaded once somebody else is here. */
export class PeerFeatures {
  #parts;
  /** @type {Text | null} */
  #watched = null;
  #news;
  /** A join brings older edits, which are not announced. */
  joined = true;

  /** @param {PeerFeatureParts} parts */
  constructor(parts) {
    const { editor, state, actions, notices, carets, presence } = parts;
    this.#parts = parts;
    this.following = new Following(editor.view, state, carets, notices, parts.followed);
    this.gathering = new Gathering(state, actions, notices, {
      show: () => {
        presence.place();
        presence.moved();
      },
      follow: (id) => this.following.follow(id),
    });
    this.pointing = new Pointing({ view: editor.view, text: parts.text, state, actions, notices });
    this.#news = new EditAnnouncer(
      (text) => notices.announce(text),
      (index) => this.#describe(index),
    );
    this.rebind();
  }

  /** Shows where everybody's caret is. */
  showWhereabouts() {
    const { state, carets, notices } = this.#parts;
    const places = state.others.map(({ id, name }) => {
      const place = carets.placeOf(id);
      return strings.following.where(name, place === null ? null : this.#lineOf(place));
    });
    notices.show(places.join(" · "));
  }

  /** The editor is bound to another text. */
  rebind() {
    this.#watched?.unobserve(this.#heard);
    this.#watched = this.#parts.text();
    this.#watched.observe(this.#heard);
  }

  /**
   * @type {(event: import("../vendor/editor.js").Y.YTextEvent,
   *   transaction: import("../vendor/editor.js").Y.Transaction) => void}
   */
  #heard = ({ delta }, { local }) => {
    if (local) this.#news.typed();
    else if (this.joined && this.#parts.preferences.choices.edits)
      this.#news.edited(firstChange(delta));
  };

  /** @param {number} index */
  #describe(index) {
    const line = this.#lineOf(index);
    const author = this.#authorAt(line);
    return author ? strings.people.edits(author.name, line) : "";
  }

  /**
   * @param {number} line
   * @returns {Participant | undefined} who may have written there
   */
  #authorAt(line) {
    const writers = this.#parts.state.others.filter((person) => person.can_write);
    if (writers.length === 1) return writers[0];
    return writers.find(({ id }) => {
      const place = this.#parts.carets.placeOf(id);
      return place !== null && Math.abs(this.#lineOf(place) - line) <= NEAR_LINES;
    });
  }

  /** @param {number} index */
  #lineOf(index) {
    const { doc } = this.#parts.editor.view.state;
    return doc.lineAt(Math.min(index, doc.length)).number;
  }
}
