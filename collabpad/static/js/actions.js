import { Refused, Unanswered } from "./protocol.js";
import { strings } from "./strings.js";

/** Sends what a button does to the server, and shows a notice if the server refuses. */
export class Actions {
  #connection;
  #notices;

  /**
   * @param {Pick<import("./connection.js").Connection, "command" | "joined">} connection
   * @param {import("./notices.js").Notices} notices
   */
  constructor(connection, notices) {
    this.#connection = connection;
    this.#notices = notices;
  }

  /**
   * @template {keyof import("./protocol.js").Answers} Name
   * @param {Name} event
   * @param {import("./protocol.js").ClientEvents[Name]} [payload]
   * @returns {Promise<import("./protocol.js").Answers[Name] | null>} null if it was refused or not
   *   answered
   */
  async request(event, payload) {
    try {
      return await this.#connection.command(event, payload);
    } catch (error) {
      this.#notices.show(this.#explain(error));
      return null;
    }
  }

  /** @param {unknown} error */
  #explain(error) {
    if (error instanceof Refused) return strings.refusal(error.code, error.message);
    if (!(error instanceof Unanswered)) throw error;
    return this.#connection.joined ? strings.connection.noAnswer : strings.connection.notNow;
  }
}
