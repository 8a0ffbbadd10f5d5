import { EditorView } from "../vendor/editor.js";
import { element } from "./dom.js";
import { IS_MAC } from "./keys.js";
import { strings } from "./strings.js";

/**
 * @typedef {object} TouchKey
 * @property {string} shown
 * @property {string} label
 * @property {KeyboardEventInit} press
 * @property {string} [text]  text to type if nothing else handles the key
 */

const words = strings.touchKeys;

/** @type {readonly TouchKey[]} */
const KEYS = Object.freeze([
  { shown: words.tab, label: words.tab, press: { key: "Tab" } },
  ...Object.entries(words.characters).map(([text, label]) => ({
    shown: text,
    label,
    press: { key: text },
    text,
  })),
  { shown: "←", label: words.left, press: { key: "ArrowLeft" } },
  { shown: "→", label: words.right, press: { key: "ArrowRight" } },
  { shown: "↑", label: words.up, press: { key: "ArrowUp" } },
  { shown: "↓", label: words.down, press: { key: "ArrowDown" } },
  { shown: "⇤", label: words.outdent, press: { key: "Tab", shiftKey: true } },
  {
    shown: "↶",
    label: words.undo,
    press: { key: "z", ctrlKey: !IS_MAC, metaKey: IS_MAC },
  },
]);

/**
 * A row of keys for code above the on-screen keyboard, which hides them. The style sheet shows it
 * while you type on a touch screen.
 */
export class TouchKeys {
  #view;

  /**
   * @param {HTMLElement} place  a toolbar
   * @param {EditorView} view
   * @param {import("./session_state.js").SessionState} state
   */
  constructor(place, view, state) {
    this.#view = view;
    place.append(
      ...KEYS.map((key) =>
        element("button", {
          type: "button",
          class: "quiet",
          text: key.shown,
          "aria-label": key.label,
          onclick: () => this.#press(key),
        }),
      ),
    );
    // Losing the focus would close the on-screen keyboard.
    for (const down of ["pointerdown", "mousedown"]) {
      place.addEventListener(down, (event) => event.preventDefault());
    }
    const draw = () => {
      place.hidden = !state.may("write");
    };
    state.on("change", draw);
    draw();
  }

  /**
   * Works as if typed: key handlers such as completion or Vim get it first.
   * @param {TouchKey} key
   */
  #press({ press, text }) {
    const view = this.#view;
    const event = new KeyboardEvent("keydown", { ...press, bubbles: true, cancelable: true });
    const taken = !view.contentDOM.dispatchEvent(event);
    if (!taken && text) type(view, text);
  }
}

/**
 * Inserts text like typed text, so that brackets close.
 * @param {EditorView} view
 * @param {string} text
 */
function type(view, text) {
  if (view.state.readOnly) return;
  const { from, to } = view.state.selection.main;
  const insert = () =>
    view.state.update(view.state.replaceSelection(text), {
      userEvent: "input.type",
      scrollIntoView: true,
    });
  const handlers = view.state.facet(EditorView.inputHandler);
  if (!handlers.some((handle) => handle(view, from, to, text, insert))) view.dispatch(insert());
}
