// What helps with writing, and is not needed to see a text: loaded with the first language.

/** @typedef {import("@codemirror/autocomplete").CompletionSource} CompletionSource */

export {
  CompletionContext,
  autocompletion,
  closeBrackets,
  closeBracketsKeymap,
  completeAnyWord,
  completeFromList,
  completionKeymap,
  ifNotIn,
  startCompletion,
} from "@codemirror/autocomplete";
export {
  gotoLine,
  highlightSelectionMatches,
  openSearchPanel,
  search,
  searchKeymap,
  selectNextOccurrence,
  selectSelectionMatches,
} from "@codemirror/search";
