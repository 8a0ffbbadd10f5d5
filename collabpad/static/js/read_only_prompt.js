import { element } from "./dom.js";
import { strings } from "./strings.js";

/** The prompt disappears when you stop typing. */
const SHOWN_MS = 8000;

/** Shows why you cannot type, and offers to ask for the pen. */
export class ReadOnlyPrompt {
  #place;
  #state;
  #pen;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;

  /**
   * @param {HTMLElement} place
   * @param {import("./session_state.js").SessionState} state
   * @param {import("./pen.js").Pen} pen
   */
  constructor(place, state, pen) {
    this.#place = place;
    this.#state = state;
    this.#pen = pen;
    state.on("change", () => {
      if (state.may("write")) this.hide();
    });
  }

  /** Whether Enter asks for the pen now. */
  get asks() {
    return !this.#place.hidden && this.#state.mayAsk;
  }

  accept() {
    this.#pen.ask();
    this.hide();
  }

  show() {
    if (this.#place.hidden) {
      this.#place.replaceChildren(element("span", { text: this.#reason() }), ...this.#button());
      this.#place.hidden = false;
    }
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.hide(), SHOWN_MS);
  }

  hide() {
    clearTimeout(this.#timer);
    this.#place.hidden = true;
  }

  #reason() {
    const state = this.#state;
    if (!state.may("request_write")) return strings.readOnlyPrompt.viewer;
    if (!state.handoff) return strings.readOnlyPrompt.muted;
    if (state.hasAsked) return strings.readOnlyPrompt.asked;
    return state.penHolder
      ? strings.readOnlyPrompt.reader(state.penHolder.name)
      : strings.readOnlyPrompt.nobody;
  }

  #button() {
    if (!this.#state.mayAsk) return [];
    const label = strings.readOnlyPrompt.ask(this.#state.penHolder?.name ?? null);
    const onclick = () => this.accept();
    const button = element("button", { type: "button", class: "primary", onclick });
    button.append(
      label,
      " ",
      element("kbd", { text: strings.readOnlyPrompt.enter, "aria-hidden": "true" }),
    );
    return [button];
  }
}
