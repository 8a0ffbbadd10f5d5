import {
  openSearchPanel,
  gotoLine,
  selectNextOccurrence,
  selectSelectionMatches,
} from "../vendor/assistance.js";
import {
  copyLineDown,
  cursorMatchingBracket,
  deleteLine,
  foldAll,
  foldCode,
  indentLess,
  indentMore,
  indentSelection,
  moveLineDown,
  moveLineUp,
  selectParentSyntax,
  toggleBlockComment,
  toggleComment,
  unfoldAll,
  unfoldCode,
  yUndoManagerKeymap,
} from "../vendor/editor.js";
import { openReplacePanel } from "./assistance.js";
import { TAB_MODE } from "./keys.js";
import { WRAP } from "./page_dialogs.js";
import { TO_NOTICE } from "./notices.js";
import { POINT } from "./pointing.js";
import { strings } from "./strings.js";
import { askForList } from "./suggestions.js";

/**
 * The table of all actions, for the command palette and the help. To add an action, add a row;
 * editor.js provides the `Page` that it acts on.
 *
 * @typedef {import("../vendor/editor.js").EditorCommand} EditorCommand
 * @typedef {keyof typeof strings.commandGroups} Group
 *
 * @typedef {object} Command
 * @property {string} id
 * @property {string} title
 * @property {Group} group
 * @property {string} [key]  as CodeMirror writes keys
 * @property {string} [mac]  if it differs on a Mac
 * @property {EditorCommand} [editor]  the editor command, also bound to the key
 * @property {() => void} run
 * @property {() => boolean} [enabled]  whether it is available now; default: always
 *
 * @typedef {object} Page  what commands act on
 * @property {import("./session_state.js").SessionState} state
 * @property {import("./actions.js").Actions} actions
 * @property {import("./code_editor.js").CodeEditor} editor
 * @property {import("./preferences.js").Preferences} preferences
 * @property {import("./pen.js").Pen} pen
 * @property {import("./page_shell.js").PageShell} shell
 * @property {import("./panels.js").Panels} panels
 * @property {import("./page_dialogs.js").PageDialogs} dialogs
 * @property {import("./awareness.js").Awareness} awareness
 * @property {import("./notices.js").Notices} notices
 */

/**
 * @param {Page} page
 * @returns {Command[]} all, including those not available now
 */
export function pageCommands(page) {
  return [
    ...running(page),
    ...pen(page),
    ...people(page),
    ...writing(page),
    ...finding(page),
    ...looking(page),
    ...session(page),
  ];
}

/** @param {Command} command */
export function isEnabled({ enabled }) {
  return enabled?.() ?? true;
}

/** @param {Page} page @returns {Command[]} */
function running({ editor }) {
  const selected = () => editor.selection.anchor !== editor.selection.head;
  return [
    { ...row("run", "running"), key: "Mod-Enter", ...press("run") },
    {
      ...row("runSelection", "running"),
      key: "Mod-Shift-Enter",
      run: () => editor.runSelection(),
      enabled: () => selected() && press("run").enabled(),
    },
    { ...row("stop", "running"), ...press("stop") },
    { ...row("earlierRuns", "running"), ...press("history-button") },
    { ...row("copyOutput", "running"), ...press("output-copy") },
    { ...row("clearOutput", "running"), ...press("output-clear") },
    { ...row("foldOutput", "running"), ...press("output-fold") },
    { ...row("toInput", "running"), ...focus("program-input") },
    { ...row("toOutput", "running"), ...focus("output") },
  ];
}

/** @param {Page} page @returns {Command[]} the pen's buttons, and giving it to each person */
function pen({ pen, state, actions }) {
  const offered = pen.choices.map(({ label, onclick }) => ({
    id: `pen:${label}`,
    title: label,
    group: /** @type {const} */ ("pen"),
    run: onclick,
  }));
  const takers = state.people.filter((person) => state.mayGivePenTo(person));
  const given = takers.map(({ id, name }) => ({
    id: `give:${id}`,
    title: strings.pen.giveTo(name),
    group: /** @type {const} */ ("pen"),
    run: () => void actions.request("grant_write", { participant_id: id }),
  }));
  return [...offered, ...given];
}

/** @param {Page} page @returns {Command[]} finding the others, and each of them */
function people({ state, awareness, notices }) {
  const others = () => state.others.length > 0;
  const each = (
    /** @type {"follow" | "goTo"} */ does,
    /** @type {import("./protocol.js").ParticipantView} */ { id, name },
  ) => ({
    id: `${does}:${id}`,
    title: strings.people[does](name),
    group: /** @type {const} */ ("people"),
    run: () => awareness[does](id),
  });
  return [
    { ...row("point", "people"), ...POINT, ...press("point") },
    { ...row("gather", "people"), ...press("gather") },
    { ...row("whereabouts", "people"), run: () => awareness.showWhereabouts(), enabled: others },
    { ...row("stopFollowing", "people"), key: "Escape", ...press("following-stop") },
    { ...row("toNotice", "people"), ...TO_NOTICE, run: () => void notices.focus() },
    ...state.others.flatMap((person) => [each("follow", person), each("goTo", person)]),
  ];
}

/** @param {Page} page @returns {Command[]} */
function writing({ editor }) {
  const [undo, redo] = yUndoManagerKeymap;
  const edit = (/** @type {RowId} */ id, /** @type {EditorCommand | undefined} */ command) => ({
    ...inEditor(editor, id, "writing", command),
    enabled: () => !editor.readOnly,
  });
  return [
    { ...edit("undo", undo.run), key: undo.key },
    { ...edit("redo", redo.run), key: redo.key, mac: redo.mac },
    { ...edit("comment", toggleComment), key: "Mod-/" },
    { ...edit("blockComment", toggleBlockComment), key: "Alt-A", mac: "Ctrl-A" },
    { ...edit("complete", askForList), key: "Ctrl-Space" },
    { ...edit("indent", indentMore), key: "Mod-]" },
    { ...edit("outdent", indentLess), key: "Mod-[" },
    { ...edit("reindent", indentSelection), key: "Mod-k Mod-f" },
    { ...edit("lineUp", moveLineUp), key: "Alt-ArrowUp" },
    { ...edit("lineDown", moveLineDown), key: "Alt-ArrowDown" },
    { ...edit("copyLine", copyLineDown), key: "Shift-Alt-ArrowDown" },
    { ...edit("deleteLine", deleteLine), key: "Shift-Mod-k" },
    {
      ...row("tabMode", "writing"),
      ...TAB_MODE,
      run: () => void editor.toggleTabMode(),
    },
  ];
}

/** @param {Page} page @returns {Command[]} */
function finding({ editor, notices }) {
  const find = (/** @type {RowId} */ id, /** @type {EditorCommand} */ command) =>
    inEditor(editor, id, "finding", command);
  const problems = (/** @type {"nextProblem" | "listProblems"} */ does) => () => {
    editor.focus();
    import("./lint_marks.js").then(
      (marks) => marks[does](editor.view),
      () => notices.show(strings.editor.notLoaded),
    );
  };
  return [
    { ...find("find", openSearchPanel), key: "Mod-f" },
    {
      ...find("replace", openReplacePanel),
      key: "Ctrl-h",
      mac: "Cmd-Alt-f",
      enabled: () => !editor.readOnly,
    },
    { ...find("goToLine", gotoLine), key: "Ctrl-g" },
    { ...find("nextOccurrence", selectNextOccurrence), key: "Mod-d" },
    { ...find("allOccurrences", selectSelectionMatches), key: "Mod-Shift-l" },
    { ...find("bracket", cursorMatchingBracket), key: "Shift-Mod-\\" },
    { ...find("widen", selectParentSyntax), key: "Mod-i" },
    {
      ...row("nextProblem", "finding"),
      key: "F8",
      run: problems("nextProblem"),
      enabled: () => editor.marksErrors,
    },
    {
      ...row("listProblems", "finding"),
      key: "Mod-Shift-m",
      run: problems("listProblems"),
      enabled: () => editor.marksErrors,
    },
    { ...find("fold", foldCode), key: "Ctrl-Shift-[", mac: "Cmd-Alt-[" },
    { ...find("unfold", unfoldCode), key: "Ctrl-Shift-]", mac: "Cmd-Alt-]" },
    { ...find("foldAll", foldAll), key: "Mod-k Mod-0" },
    { ...find("unfoldAll", unfoldAll), key: "Mod-k Mod-j" },
  ];
}

/** @param {Page} page @returns {Command[]} */
function looking({ editor, preferences, dialogs, panels }) {
  return [
    { ...row("toCode", "looking"), run: () => editor.focus() },
    { ...row("chat", "looking"), ...press("chat-button") },
    {
      ...row("dockChat", "looking"),
      run: () => {
        panels.show("chat", true);
        panels.chatDocked = !panels.chatDocked;
      },
      enabled: () => !panels.onPhone,
    },
    { ...row("people", "looking"), ...press("people-button") },
    { ...row("wrap", "looking"), ...WRAP, run: () => preferences.toggleWrap() },
    { ...row("fontLarger", "looking"), run: () => preferences.resizeFont(1) },
    { ...row("fontSmaller", "looking"), run: () => preferences.resizeFont(-1) },
    { ...row("preferences", "looking"), key: "Mod-,", run: () => dialogs.open("preferences") },
    { ...row("help", "looking"), key: "?", run: () => dialogs.open("help") },
  ];
}

/** @param {Page} page @returns {Command[]} */
function session({ shell, panels }) {
  return [
    { ...row("share", "session"), ...press("share-button") },
    { ...row("download", "session"), key: "Mod-s", ...press("download") },
    { ...row("downloadSession", "session"), ...press("download-session") },
    { ...row("import", "session"), ...press("import") },
    { ...row("language", "session"), ...focus("language") },
    { ...row("title", "session"), ...focus("title") },
    { ...row("writeMode", "session"), ...focus("write-mode", () => panels.show("people", true)) },
    { ...row("rotation", "session"), ...focus("rotation", () => panels.show("people", true)) },
    { ...row("rotationNext", "session"), ...press("rotation-next") },
    { ...row("rotationPause", "session"), ...press("rotation-pause") },
    { ...row("rename", "session"), run: () => shell.askName() },
    { ...row("changeLinks", "session"), ...press("change-links") },
    { ...row("endSession", "session"), ...press("end-session") },
    { ...row("leave", "session"), ...press("leave") },
  ];
}

/** @typedef {keyof typeof strings.commands} RowId */

/**
 * @template {Group} G
 * @param {RowId} id
 * @param {G} group
 */
function row(id, group) {
  return { id, title: strings.commands[id], group };
}

/**
 * @param {import("./code_editor.js").CodeEditor} editor
 * @param {RowId} id
 * @param {Group} group
 * @param {EditorCommand | undefined} command
 */
function inEditor(editor, id, group, command) {
  const run = () => {
    editor.focus();
    command?.(editor.view);
  };
  return { ...row(id, group), editor: command, run };
}

/** @param {string} id  of the button to click */
function press(id) {
  return { run: () => usable(id)?.click(), enabled: () => usable(id) !== null };
}

/**
 * @param {string} id  of the element to focus
 * @param {() => void} [show]  shows it first, if it may be hidden
 */
function focus(id, show) {
  const run = () => {
    show?.();
    usable(id)?.focus();
  };
  const enabled = () =>
    usable(id)?.checkVisibility() || (show !== undefined && usable(id) !== null);
  return { run, enabled };
}

/**
 * @param {string} id
 * @returns {HTMLElement | null} null if it is missing, hidden or disabled
 */
function usable(id) {
  const found = document.getElementById(id);
  return found && !found.matches(":disabled, :read-only:is(input)") && !found.closest("[hidden]")
    ? found
    : null;
}
