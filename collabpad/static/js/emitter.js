/**
 * Typed events for plain classes: like `EventTarget`, but with checked payloads.
 *
 * @template {object} Events  payload types by event name
 */
export class Emitter {
  /** @type {Map<keyof Events, Set<(payload: never) => void>>} */
  #listeners = new Map();

  /**
   * @template {keyof Events} Name
   * @param {Name} name
   * @param {(payload: Events[Name]) => void} listener
   * @returns {() => void} stops listening
   */
  on(name, listener) {
    const listeners = this.#listeners.get(name) ?? new Set();
    this.#listeners.set(name, listeners);
    listeners.add(listener);
    return () => void listeners.delete(listener);
  }

  /**
   * @template {keyof Events} Name
   * @param {Name} name
   * @param {Events[Name]} payload
   */
  emit(name, payload) {
    const listeners = /** @type {Set<(payload: Events[Name]) => void> | undefined} */ (
      this.#listeners.get(name)
    );
    for (const listener of [...(listeners ?? [])]) listener(payload);
  }
}
