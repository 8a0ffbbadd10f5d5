import { setText } from "./dom.js";
import { strings } from "./strings.js";

/**
 * @typedef {import("./connection.js").Link} Link
 */

/**
 * Shows in the footer whether your edits are saved. Announced only when the connection is lost or
 * back.
 */
export class ConnectionStatus {
  #place;
  #notices;
  /** @type {Link} */
  #link = "connecting";
  #saved = true;
  #wasOffline = false;

  /**
   * @param {HTMLElement} place
   * @param {import("./notices.js").Notices} notices
   */
  constructor(place, notices) {
    this.#place = place;
    this.#notices = notices;
  }

  /** @param {Link} link */
  set link(link) {
    this.#link = link;
    if (link === "offline" && !this.#wasOffline) {
      this.#wasOffline = true;
      this.#notices.announce(strings.connection.saidOffline);
    } else if (link === "joined" && this.#wasOffline) {
      this.#wasOffline = false;
      this.#notices.announce(strings.connection.saidBack);
    }
    this.#draw();
  }

  /** @param {boolean} saved */
  set saved(saved) {
    if (saved === this.#saved) return;
    this.#saved = saved;
    this.#draw();
  }

  #draw() {
    const [text, kind] = this.#words();
    setText(this.#place, text);
    this.#place.className = `connection ${kind}`;
  }

  /** @returns {[string, string]} */
  #words() {
    const words = strings.connection;
    if (this.#link === "offline") return [words.offline, "is-offline"];
    if (this.#link === "reconnecting") return [words.reconnecting, "is-waiting"];
    if (this.#link === "fallback") return [words.fallback, "is-waiting"];
    if (this.#link === "connecting") return [words.connecting, "is-waiting"];
    return this.#saved ? [words.saved, "is-saved"] : [words.saving, "is-saving"];
  }
}
