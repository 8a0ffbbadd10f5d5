import { isShown } from "./dom.js";
import { isTouched, keepKeyboard } from "./touch.js";
import { visibleHeight } from "./visible_height.js";

/** Lower than this, the code and a sheet have no room beside a keyboard. */
const LOW_PX = 700;

const TYPED = Object.freeze({
  code: ".cm-content[contenteditable=true], .cm-editor input, .touch-keys button",
  panel: ":is(.chat, .output, .people) :is(input, textarea)",
});
/** Buttons that move when the keyboard goes. */
const MOVING = ".strip, .following, .chat, .output, .people, .panel-buttons, #point";

/**
 * On a small screen what is typed into gets the room: the sheet gives way to the code and comes
 * back afterwards, and the code gives way to what is typed in the sheet. The style sheets read
 * which of the two it is from the root element.
 *
 * @param {import("./panels.js").Panels} panels
 * @param {import("./session_state.js").SessionState} state
 */
export function giveWay(panels, state) {
  const root = document.documentElement;
  const draw = () => {
    const active = document.activeElement;
    const low = panels.onPhone && isTouched() && visibleHeight() <= LOW_PX;
    const typed = Object.entries(TYPED).find(([, selector]) => active?.matches(selector));
    // A sheet that closes takes the focus along without a word.
    const part = low && typed && active && isShown(active) ? typed[0] : null;
    if (part) root.setAttribute("data-typing", part);
    else root.removeAttribute("data-typing");
    panels.givesWay = part === "code";
  };
  document.addEventListener("focusin", draw);
  document.addEventListener("focusout", ({ relatedTarget }) => {
    if (!relatedTarget) draw();
  });
  window.addEventListener("resize", draw);
  window.visualViewport?.addEventListener("resize", draw);
  state.on("change", draw);
  panels.on("change", draw);
  panels.on("wanted", () => {
    if (document.activeElement instanceof HTMLElement) document.activeElement.blur();
  });
  for (const place of document.querySelectorAll(MOVING)) {
    if (place instanceof HTMLElement) keepKeyboard(place);
  }
}
