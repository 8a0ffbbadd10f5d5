import { EditorView, HighlightStyle, syntaxHighlighting, tags } from "../vendor/editor.js";

/** The editor's theme. All colours come from tokens.css, for light and dark. */

const look = EditorView.theme({
  "&": { height: "100%", color: "var(--ink)", backgroundColor: "var(--code-ground)" },
  "&.cm-focused": { outline: "none" },
  ".cm-scroller": {
    font: "var(--mono)",
    fontSize: "var(--code-size, 14px)",
    overscrollBehavior: "contain",
  },
  ".cm-content": { padding: "10px 0 30vh", caretColor: "var(--ink)" },
  ".cm-line": { padding: "0 16px 0 6px" },
  ".cm-cursor": { borderLeftColor: "var(--ink)", borderLeftWidth: "2px" },
  ".cm-gutters": {
    backgroundColor: "var(--code-ground)",
    color: "var(--code-gutter)",
    border: "none",
    paddingLeft: "6px",
  },
  ".cm-lineNumbers .cm-gutterElement": { minWidth: "34px", padding: "0 4px 0 0" },
  ".cm-foldGutter .cm-gutterElement": { width: "16px", textAlign: "center", cursor: "pointer" },
  ".cm-activeLine": { backgroundColor: "var(--code-active)" },
  ".cm-activeLineGutter": { backgroundColor: "var(--code-active)", color: "var(--ink)" },
  ".cm-selectionBackground": { background: "var(--code-selection)" },
  "&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground": {
    background: "var(--sel)",
  },
  ".cm-selectionMatch": { backgroundColor: "var(--match)" },
  ".cm-matchingBracket, &.cm-focused .cm-matchingBracket": {
    backgroundColor: "var(--match)",
    outline: "1px solid var(--line-strong)",
    borderRadius: "2px",
  },
  ".cm-nonmatchingBracket, &.cm-focused .cm-nonmatchingBracket": {
    backgroundColor: "var(--bad-soft)",
    color: "var(--bad)",
  },
  ".cm-searchMatch": { backgroundColor: "var(--warn-soft)", outline: "1px solid var(--warn)" },
  ".cm-searchMatch-selected": { backgroundColor: "var(--sel)" },
  ".cm-foldPlaceholder": {
    backgroundColor: "var(--sunk)",
    border: "1px solid var(--line)",
    color: "var(--ink-2)",
    padding: "0 6px",
  },
  ".cm-placeholder": { color: "var(--ink-2)" },
  ".cm-lintRange-error": {
    backgroundImage: "none",
    textDecoration: "underline wavy var(--bad)",
    textDecorationSkipInk: "none",
    textUnderlineOffset: "3px",
  },
});

const panels = EditorView.theme({
  ".cm-panels": { backgroundColor: "var(--panel)", color: "var(--ink)", font: "var(--ui)" },
  ".cm-panels.cm-panels-bottom": { borderTop: "1px solid var(--line)" },
  ".cm-panels.cm-panels-top": { borderBottom: "1px solid var(--line)" },
  ".cm-panel.cm-search": { padding: "8px 32px 8px 12px" },
  ".cm-panel.cm-panel-lint ul [aria-selected]": { backgroundColor: "var(--sunk)" },
  ".cm-panel.cm-panel-lint ul:focus [aria-selected]": {
    backgroundColor: "var(--accent)",
    color: "var(--accent-ink)",
  },
  ".cm-panel.cm-panel-lint [name=close]": { color: "var(--ink-2)" },
  ".cm-diagnostic-error": { borderLeftColor: "var(--bad)" },
  ".cm-panel.cm-search label": { fontSize: "inherit", whiteSpace: "nowrap" },
  ".cm-panel.cm-search label input": {
    minHeight: "0",
    margin: "0 5px 0 8px",
    verticalAlign: "-2px",
    accentColor: "var(--accent)",
  },
  ".cm-panel.cm-search [name=close]": { color: "var(--ink-2)", padding: "4px 8px" },
  ".cm-textfield": {
    backgroundColor: "var(--ground)",
    border: "1px solid var(--line-strong)",
    borderRadius: "var(--r-s)",
    padding: "4px 8px",
    fontSize: "inherit",
  },
  ".cm-button": {
    backgroundImage: "none",
    backgroundColor: "var(--panel)",
    border: "1px solid var(--line-strong)",
    borderRadius: "var(--r-s)",
    padding: "4px 10px",
    fontSize: "inherit",
  },
  ".cm-tooltip": {
    backgroundColor: "var(--panel)",
    color: "var(--ink)",
    border: "1px solid var(--line)",
    borderRadius: "var(--r)",
    boxShadow: "var(--shadow)",
    overflow: "hidden",
  },
  ".cm-tooltip.cm-tooltip-autocomplete > ul": { font: "var(--mono)", fontSize: "13px" },
  ".cm-tooltip-autocomplete ul li[aria-selected]": {
    backgroundColor: "var(--accent)",
    color: "var(--accent-ink)",
  },
  ".cm-tooltip-autocomplete > ul:not(:has([aria-selected])) > li:first-child .tab-hint::after": {
    content: "attr(data-key)",
    marginInlineStart: "1.5em",
    opacity: "0.7",
  },
});

const colours = HighlightStyle.define([
  { tag: [tags.keyword, tags.modifier, tags.operatorKeyword], color: "var(--kw)" },
  { tag: [tags.string, tags.special(tags.string), tags.regexp], color: "var(--str)" },
  { tag: [tags.number, tags.bool, tags.null, tags.atom, tags.escape], color: "var(--num)" },
  {
    tag: [
      tags.function(tags.variableName),
      tags.function(tags.propertyName),
      tags.definition(tags.function(tags.variableName)),
      tags.className,
      tags.definition(tags.className),
      tags.typeName,
      tags.tagName,
      tags.macroName,
    ],
    color: "var(--fn)",
  },
  { tag: [tags.comment, tags.meta], color: "var(--com)", fontStyle: "italic" },
  { tag: [tags.attributeName, tags.propertyName, tags.labelName], color: "var(--attr)" },
  { tag: tags.heading, fontWeight: "700" },
  { tag: tags.strong, fontWeight: "700" },
  { tag: tags.emphasis, fontStyle: "italic" },
  { tag: [tags.link, tags.url], color: "var(--accent)", textDecoration: "underline" },
  { tag: tags.invalid, color: "var(--bad)" },
]);

export const editorTheme = [look, panels, syntaxHighlighting(colours)];
