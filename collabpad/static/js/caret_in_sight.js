import { EditorView } from "../vendor/editor.js";

/**
 * What takes room from the code (a notice, the keyboard on the screen) must not take the line that
 * is typed: a caret that was in sight stays so.
 * @param {EditorView} view
 */
export function keepCaretInSight(view) {
  const { scrollDOM } = view;
  let height = scrollDOM.clientHeight;
  new ResizeObserver(() => {
    const before = height;
    height = scrollDOM.clientHeight;
    if (height >= before) return;
    const { head } = view.state.selection.main;
    const caret = view.coordsAtPos(head);
    if (!caret) return;
    const bottom = caret.bottom - scrollDOM.getBoundingClientRect().top;
    if (bottom <= before && bottom > height) {
      view.dispatch({ effects: EditorView.scrollIntoView(head, { y: "nearest" }) });
    }
  }).observe(scrollDOM);
}
