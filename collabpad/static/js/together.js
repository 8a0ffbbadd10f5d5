import { Activity, watchPage } from "./activity.js";
import { isKey, keyHere } from "./keys.js";
import { TO_NOTICE } from "./notices.js";
import { Turns } from "./rotation.js";
import { strings } from "./strings.js";

/**
 * @typedef {import("./company.js").Company} Company
 * @typedef {import("./company.js").CompanyParts
 *   & {connection: import("./connection.js").Connection}} TogetherParts
 */

/** Working as one: turns, what each is doing, and, once somebody else is there, the company. */
export class Together {
  #parts;
  /** @type {Promise<Company> | null} */
  #loading = null;
  /** @type {Company | null} */
  #company = null;
  /** The order of turns is loaded once there are turns. */
  #ordering = false;

  /** @param {TogetherParts} parts */
  constructor(parts) {
    const { state, connection, actions, notices } = parts;
    this.#parts = parts;
    this.turns = new Turns(state, actions, notices);
    this.activity = new Activity(
      (activity) => void connection.request("activity", { state: activity }).catch(() => undefined),
    );
    watchPage(this.activity);
    this.#listen();
  }

  /** @param {string} id */
  follow(id) {
    this.#with(({ following }) => following.follow(id));
  }

  /** @param {string} id */
  toggleFollowing(id) {
    this.#with(({ following }) => following.toggle(id));
  }

  /** @param {string} id */
  goTo(id) {
    this.#with(({ following }) => following.goTo(id));
  }

  sayWhere() {
    this.#with((company) => company.sayWhere());
  }

  /** The page shows another text. */
  rebind() {
    this.#company?.rebind();
  }

  #listen() {
    const { connection, state, notices } = this.#parts;
    connection.on("link", (link) => {
      const joined = link === "joined";
      this.activity.joined = joined;
      if (this.#company) this.#company.joined = joined;
    });
    connection.on("rotation_soon", (news) => this.turns.soon(news));
    connection.on("activity", (news) => state.setActivity(news));
    connection.on("doc_update", () => this.#company?.pointing.retry());
    connection.on("gathering", (person) => this.#with((c) => c.gathering.invited(person)));
    connection.on("pointed", (news) => this.#with((c) => c.pointing.pointed(news)));
    document.addEventListener("keydown", (event) => {
      if (isKey(event, keyHere(TO_NOTICE)) && notices.focus()) event.preventDefault();
    });
    state.on("change", () => {
      if (state.others.length > 0 && !this.#loading) this.#with(() => undefined);
      if (state.known && state.session.rotation && !this.#ordering) void this.#order();
    });
  }

  /** @param {(company: Company) => void} act */
  #with(act) {
    if (this.#company) return act(this.#company);
    this.#loading ??= this.#load();
    this.#loading.then(act, () => {
      this.#loading = null;
      this.#parts.notices.show(strings.connection.notNow);
    });
  }

  async #order() {
    const { state, actions, notices } = this.#parts;
    this.#ordering = true;
    try {
      const { TurnOrder } = await import("./turn_order.js");
      new TurnOrder(state, actions, notices);
    } catch {
      this.#ordering = false; // tried again at the next change
    }
  }

  async #load() {
    const { Company } = await import("./company.js");
    this.#company = new Company(this.#parts);
    this.#company.joined = this.#parts.connection.joined;
    return this.#company;
  }
}
