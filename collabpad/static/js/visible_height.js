/** Less than this is a toolbar of the browser's, not a keyboard. */
const KEYBOARD_PX = 100;
/** The same as in the media queries of the style sheets. */
const LOW_PX = 460;
const VERY_LOW_PX = 360;

/** @typedef {Pick<VisualViewport, "height" | "scale">} Seen */

/**
 * Who zooms in sees a part of the page as it is.
 * @param {Seen | null} [viewport]
 */
export function visibleHeight(viewport = window.visualViewport) {
  const inner = window.innerHeight;
  return viewport && viewport.scale <= 1.01 ? Math.min(inner, viewport.height) : inner;
}

/**
 * Safari lays the keyboard on the screen over the page and tells only the visual viewport, where
 * others make the page smaller. Style sheets read how high and where the part is that can be seen.
 *
 * @param {Seen & Pick<VisualViewport, "pageTop" | "addEventListener"> | null} [viewport]
 */
export function followKeyboard(viewport = window.visualViewport) {
  if (!viewport) return;
  const root = document.documentElement;
  const fit = () => {
    const height = visibleHeight(viewport);
    const lies = window.innerHeight - height >= KEYBOARD_PX;
    root.toggleAttribute("data-low", height <= LOW_PX);
    root.toggleAttribute("data-very-low", height <= VERY_LOW_PX);
    if (lies) {
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
