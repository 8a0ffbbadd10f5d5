import { Activity, watchPage } from "./activity.js";
import { isKey, keyHere } from "./keys.js";
import { TO_NOTICE } from "./notices.js";
import { RotationControls } from "./rotation.js";
import { strings } from "./strings.js";

/**
 * @typedef {import("./peer_features.js").PeerFeatures} PeerFeatures
 * @typedef {import("./peer_features.js").PeerFeatureParts
 *   & {connection: import("./connection.js").Connection}} AwarenessParts
 */

/**
 * What people know of each other: whose turn is next, who is active and, once somebody else is
 * here, PeerFeatures.
 */
export class Awareness {
  #parts;
  /** @type {Promise<PeerFeatures> | null} */
  #loading = null;
  /** @type {PeerFeatures | null} */
  #peerFeatures = null;
  /** Whether the order of turns is loaded, which happens with the first rotation. */
  #orderLoaded = false;

  /** @param {AwarenessParts} parts */
  constructor(parts) {
    const { state, connection, actions, notices } = parts;
    this.#parts = parts;
    this.rotation = new RotationControls(state, actions, notices);
    this.activity = new Activity(
      (activity) => void connection.request("activity", { state: activity }).catch(() => undefined),
    );
    watchPage(this.activity);
    this.#listen();
  }

  /** @param {string} id */
  follow(id) {
    this.#withPeerFeatures(({ following }) => following.follow(id));
  }

  /** @param {string} id */
  toggleFollowing(id) {
    this.#withPeerFeatures(({ following }) => following.toggle(id));
  }

  /** @param {string} id */
  goTo(id) {
    this.#withPeerFeatures(({ following }) => following.goTo(id));
  }

  showWhereabouts() {
    this.#withPeerFeatures((peerFeatures) => peerFeatures.showWhereabouts());
  }

  /** The editor is bound to another text. */
  rebind() {
    this.#peerFeatures?.rebind();
  }

  #listen() {
    const { connection, state, notices } = this.#parts;
    connection.on("link", (link) => {
      const joined = link === "joined";
      this.activity.joined = joined;
      if (this.#peerFeatures) this.#peerFeatures.joined = joined;
    });
    connection.on("rotation_soon", (news) => this.rotation.soon(news));
    connection.on("activity", (news) => state.setActivity(news));
    connection.on("doc_update", () => this.#peerFeatures?.pointing.retry());
    connection.on("gathering", (person) =>
      this.#withPeerFeatures((c) => c.gathering.invited(person)),
    );
    connection.on("pointed", (news) => this.#withPeerFeatures((c) => c.pointing.pointed(news)));
    document.addEventListener("keydown", (event) => {
      if (isKey(event, keyHere(TO_NOTICE)) && notices.focus()) event.preventDefault();
    });
    state.on("change", () => {
      if (state.others.length > 0 && !this.#loading) this.#withPeerFeatures(() => undefined);
      if (state.known && state.session.rotation && !this.#orderLoaded)
        void this.#loadRotationOrder();
    });
  }

  /** @param {(peerFeatures: PeerFeatures) => void} act */
  #withPeerFeatures(act) {
    if (this.#peerFeatures) return act(this.#peerFeatures);
    this.#loading ??= this.#load();
    this.#loading.then(act, () => {
      this.#loading = null;
      this.#parts.notices.show(strings.connection.notNow);
    });
  }

  async #loadRotationOrder() {
    const { state, actions, notices } = this.#parts;
    this.#orderLoaded = true;
    try {
      const { RotationOrder } = await import("./rotation_order.js");
      new RotationOrder(state, actions, notices);
    } catch {
      this.#orderLoaded = false; // tried again at the next change
    }
  }

  async #load() {
    const { PeerFeatures } = await import("./peer_features.js");
    this.#peerFeatures = new PeerFeatures(this.#parts);
    this.#peerFeatures.joined = this.#parts.connection.joined;
    return this.#peerFeatures;
  }
}
