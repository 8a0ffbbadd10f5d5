/** Less than this is a toolbar of the browser's, not a keyboard. */
const KEYBOARD_PX = 100;

/**
 * Safari lays the keyboard on the screen over the page and tells only the visual viewport, where
 * others make the page smaller. Style sheets read how high and where the part is that can be seen.
 *
 * @param {Pick<VisualViewport, "height" | "pageTop" | "scale" | "addEventListener"> | null} [viewport]
 */
export function followKeyboard(viewport = window.visualViewport) {
  if (!viewport) return;
  const { style } = document.documentElement;
  const fit = () => {
    const covered = window.innerHeight - viewport.height;
    // Who zooms in sees a part of the page as it is.
    if (viewport.scale > 1.01 || covered < KEYBOARD_PX) {
      style.removeProperty("--visible-height");
      style.removeProperty("--visible-top");
    } else {
      style.setProperty("--visible-height", `${viewport.height}px`);
      style.setProperty("--visible-top", `${viewport.pageTop}px`);
    }
  };
  viewport.addEventListener("resize", fit);
  viewport.addEventListener("scroll", fit);
  fit();
}
