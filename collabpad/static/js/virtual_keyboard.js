import { byId, isShown } from "./dom.js";
import { strings } from "./strings.js";

/** On-screen keyboards: who gets the room that is left, and who keeps the focus. */

/** @typedef {import("../vendor/editor.js").EditorView} EditorView */
/** @typedef {Pick<VisualViewport, "height" | "scale">} Viewport */

/** Less than this is a browser's toolbar, not a keyboard. */
const KEYBOARD_PX = 100;
/** The same as in the media queries of the style sheets. */
const LOW_PX = 460;
const VERY_LOW_PX = 360;
/** Below this height there is no room for both the code and a panel beside a keyboard. */
const ONE_AT_A_TIME_PX = 700;

const TYPED_INTO = Object.freeze({
  code: ".cm-content[contenteditable=true], .cm-editor input, .touch-keys button",
  panel: ":is(.chat, .output, .people) :is(input, textarea)",
});
const TEXT_FIELDS = "input, textarea, [contenteditable=true]";
/** Buttons in these places move when the keyboard closes. */
const MOVES_WITH_KEYBOARD = ".strip, .following, .chat, .output, .people, .panel-buttons, #point";

/** @returns {boolean} whether focusing a text field opens an on-screen keyboard */
export function isTouchScreen() {
  return window.matchMedia("(pointer: coarse)").matches;
}

/**
 * Focuses the code. On a touch screen this does not open the keyboard.
 * @param {EditorView} view
 */
export function focusCode(view) {
  if (isTouchScreen()) view.dom.parentElement?.focus();
  else view.focus();
}

/**
 * @param {EditorView} view
 * @param {import("./panels.js").Panels} panels
 * @param {import("./session_state.js").SessionState} state
 * @param {import("./notices.js").Notices} notices
 */
export function adaptToKeyboard(view, panels, state, notices) {
  trackVisibleHeight();
  makeRoomForTyping(panels, state);
  if (!isTouchScreen()) return;
  import("./touch_keys.js").then(
    ({ TouchKeys }) => new TouchKeys(byId("touch-keys", HTMLElement), view, state),
    () => notices.show(strings.editor.notLoaded),
  );
}

/**
 * Tapping a button in `place` does not close the keyboard. Otherwise the page would move under the
 * finger, and the tap would miss the button.
 * @param {HTMLElement} place
 */
function keepKeyboardOpen(place) {
  for (const down of ["pointerdown", "mousedown"]) {
    place.addEventListener(down, (event) => {
      const onButton = event.target instanceof Element && event.target.closest("button");
      if (onButton && isTouchScreen() && document.activeElement?.matches(TEXT_FIELDS)) {
        event.preventDefault();
      }
    });
  }
}

/**
 * A zoomed page keeps its height: only part of it is in view.
 * @param {Viewport | null} [viewport]
 */
function visibleHeight(viewport = window.visualViewport) {
  const inner = window.innerHeight;
  return viewport && viewport.scale <= 1.01 ? Math.min(inner, viewport.height) : inner;
}

/**
 * Safari lays the keyboard over the page and tells only the visual viewport; other browsers shrink
 * the page. Style sheets read the height and top of the visible part from the root element.
 *
 * @param {Viewport & Pick<VisualViewport, "pageTop" | "addEventListener"> | null} [viewport]
 */
function trackVisibleHeight(viewport = window.visualViewport) {
  if (!viewport) return;
  const root = document.documentElement;
  const fit = () => {
    const height = visibleHeight(viewport);
    const covered = window.innerHeight - height >= KEYBOARD_PX;
    root.toggleAttribute("data-low", height <= LOW_PX);
    root.toggleAttribute("data-very-low", height <= VERY_LOW_PX);
    if (covered) {
      root.style.setProperty("--visible-height", `${height}px`);
      root.style.setProperty("--visible-top", `${viewport.pageTop}px`);
    } else {
      root.style.removeProperty("--visible-height");
      root.style.removeProperty("--visible-top");
    }
  };
  viewport.addEventListener("resize", fit);
  viewport.addEventListener("scroll", fit);
  window.addEventListener("resize", fit);
  fit();
}

/**
 * On a small touch screen, whatever you type into gets the room: the panel hides while you type
 * code, and the code shrinks while you type in the panel. Style sheets read which one it is from
 * the root element.
 *
 * @param {import("./panels.js").Panels} panels
 * @param {import("./session_state.js").SessionState} state
 */
function makeRoomForTyping(panels, state) {
  const root = document.documentElement;
  const draw = () => {
    const active = document.activeElement;
    const small = panels.onPhone && isTouchScreen() && visibleHeight() <= ONE_AT_A_TIME_PX;
    const typed = Object.entries(TYPED_INTO).find(([, selector]) => active?.matches(selector));
    // A panel that closes takes the focus along without an event.
    const part = small && typed && active && isShown(active) ? typed[0] : null;
    if (part) root.setAttribute("data-typing", part);
    else root.removeAttribute("data-typing");
    panels.hiddenForTyping = part === "code";
  };
  document.addEventListener("focusin", draw);
  document.addEventListener("focusout", ({ relatedTarget }) => {
    if (!relatedTarget) draw();
  });
  window.addEventListener("resize", draw);
  window.visualViewport?.addEventListener("resize", draw);
  state.on("change", draw);
  panels.on("change", draw);
  panels.on("reopen", () => {
    if (document.activeElement instanceof HTMLElement) document.activeElement.blur();
  });
  for (const place of document.querySelectorAll(MOVES_WITH_KEYBOARD)) {
    if (place instanceof HTMLElement) keepKeyboardOpen(place);
  }
}
