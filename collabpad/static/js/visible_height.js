/** Less than this is a toolbar of the browser's, not a keyboard. */
const KEYBOARD_PX = 100;
/** The same as in the media queries of the style sheets. */
const LOW_PX = 460;

/**
 * Safari lays the keyboard on the screen over the page and tells only the visual viewport, where
 * others make the page smaller. Style sheets read how high and where the part is that can be seen.
 *
 * @param {Pick<VisualViewport, "height" | "pageTop" | "scale" | "addEventListener"> | null} [viewport]
 */
export function followKeyboard(viewport = window.visualViewport) {
  if (!viewport) return;
  const root = document.documentElement;
  const fit = () => {
    const covered = window.innerHeight - viewport.height;
    // Who zooms in sees a part of the page as it is.
    const lies = viewport.scale <= 1.01 && covered >= KEYBOARD_PX;
    root.toggleAttribute("data-low", lies && viewport.height <= LOW_PX);
    if (lies) {
      root.style.setProperty("--visible-height", `${viewport.height}px`);
      root.style.setProperty("--visible-top", `${viewport.pageTop}px`);
    } else {
      root.style.removeProperty("--visible-height");
      root.style.removeProperty("--visible-top");
    }
  };
  viewport.addEventListener("resize", fit);
  viewport.addEventListener("scroll", fit);
  fit();
}
