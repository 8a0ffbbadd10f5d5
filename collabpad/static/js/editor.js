import { Actions } from "./actions.js";
import { Awareness } from "./awareness.js";
import { CaretRestorer, keepCaretVisible } from "./caret.js";
import { Chat } from "./chat.js";
import { CodeEditor } from "./code_editor.js";
import { ConfirmDialog } from "./confirm_dialog.js";
import { Connection } from "./connection.js";
import { ConnectionStatus } from "./connection_status.js";
import { DocComparer } from "./doc_compare.js";
import { byId, setText } from "./dom.js";
import { Files } from "./files.js";
import { Identity } from "./identity.js";
import { JoinController } from "./join_controller.js";
import { JoinDialog } from "./join_dialog.js";
import { JoinLock } from "./join_lock.js";
import { guardCompositions, ignoreKeyRepeat } from "./keyboard_guards.js";
import { connectLeaveButton } from "./leave_session.js";
import { LinkChanges } from "./link_changes.js";
import { editorLink, takeHostKey, takeSeparateMark } from "./links.js";
import { Notices } from "./notices.js";
import { PageDialogs } from "./page_dialogs.js";
import { arrangePanels } from "./page_layout.js";
import { PageShell } from "./page_shell.js";
import { Participants } from "./participants.js";
import { showPermitted } from "./permissions.js";
import { Pen } from "./pen.js";
import { Preferences } from "./preferences.js";
import { PresenceSender } from "./presence.js";
import { Provider } from "./provider.js";
import { ReadOnlyPrompt } from "./read_only_prompt.js";
import { RejectedEdits } from "./rejected_edits.js";
import { RemoteCursors, cursorOf } from "./remote_cursors.js";
import { Requests } from "./requests.js";
import { RunHistory } from "./run_history.js";
import { RunPanel } from "./run_panel.js";
import { SessionOptions } from "./session_options.js";
import { SessionState } from "./session_state.js";
import { Share } from "./share.js";
import { Store } from "./store.js";
import { strings } from "./strings.js";
import { TitleBadge } from "./title_badge.js";
import { UnsentEdits } from "./unsent_edits.js";
import { adaptToKeyboard, focusCode } from "./virtual_keyboard.js";
import { welcome } from "./welcome.js";

/**
 * The editor page: creates its parts and connects them. What a part does is in its own module.
 *
 * @typedef {{session_id: string, is_view: boolean, base_path: string, title: string,
 *   passcode_set: boolean}} Config  `passcode_set`: whether newcomers need a passcode
 */

/** How long a run waits for your latest edits to reach the server. */
const DELIVERY_PATIENCE_MS = 5000;

// --- who and where this page is ------------------------------------------------------------------

/** @type {Config} */
const config = JSON.parse(byId("config", HTMLScriptElement).text);
const basePath = config.base_path;
const nonce = document.querySelector("meta[name=csp-nonce]")?.getAttribute("content") ?? "";
const store = new Store();
const place = { sessionId: config.session_id, title: config.title };
const sessionId = () => place.sessionId;
const identity = new Identity(store, place);
const resume = () => identity.resume;
const joinLock = new JoinLock(identity, store, config.session_id);
takeSeparateMark(identity);
const byHostLink = takeHostKey(identity);
guardCompositions(window);
ignoreKeyRepeat(window);

// --- the code and the connection -----------------------------------------------------------------

const state = new SessionState();
const panels = arrangePanels(store);
const titleBadge = new TitleBadge(state);
const notices = new Notices(byId("notices", HTMLElement), byId("announcer", HTMLElement));
const preferences = new Preferences(store);
const editor = new CodeEditor(byId("code", HTMLElement), nonce, preferences);
const caretRestorer = new CaretRestorer(editor, store, place);
const joinDialog = new JoinDialog(config.is_view, {
  enter: (at, answers) => joinController.enter(at, answers),
  joined: () => editor.focusOnJoin(),
  download: () => files.saveText(),
});
const connection = new Connection({
  basePath,
  sessionId,
  mayJoin: () => joinLock.acquire(),
  credentials: () => joinController.credentials(),
  stateVector: () => provider.stateVector(),
});
const joinController = new JoinController(connection, joinDialog, identity, notices, place, {
  byHostLink,
  joinLock,
  asksPasscode: config.passcode_set,
  hasCode: () => state.known,
});
const provider = new Provider(connection);
const comparer = new DocComparer(provider, editor);
const unsent = new UnsentEdits(config.session_id);
const actions = new Actions(connection, notices);
const status = new ConnectionStatus(byId("connection", HTMLElement), notices);
const carets = new RemoteCursors(
  editor.view,
  () => provider.text,
  (id) => {
    const person = state.person(id);
    return person && !state.isMe(person) ? person : undefined;
  },
);
const presence = new PresenceSender(
  (cursor) => {
    if (state.may("show_cursor")) connection.request("presence", { cursor }).catch(() => undefined);
  },
  () => cursorOf(provider.text, editor.view.state.selection),
);

// --- the panels and dialogs ----------------------------------------------------------------------

const confirmDialog = new ConfirmDialog();
const links = new LinkChanges(state, actions, notices, confirmDialog);
const participants = new Participants(state, actions, notices, confirmDialog, links, {
  rename: () => shell.askName(),
  follow: (id) => awareness.toggleFollowing(id),
  goTo: (id) => awareness.goTo(id),
});
const pen = new Pen(state, actions, notices, {
  choosePerson: () => {
    panels.show("people", true);
    participants.focusGiving();
  },
  focusCode: () => focusCode(editor.view),
});
const readOnlyPrompt = new ReadOnlyPrompt(byId("read-only-prompt", HTMLElement), state, pen);
const requests = new Requests(byId("requests", HTMLElement), state, actions, notices, store.tab);
const share = new Share(state, { basePath, sessionId, hostKey: () => identity.hostKey, resume });
const files = new Files({
  ...{ state, editor, actions, notices, confirmDialog, store, place, resume, basePath },
});
const shell = new PageShell(state, actions, {
  share: () => share.open(),
  saveCode: () => files.saveText(),
});
const rejectedEdits = new RejectedEdits(notices, editor);
const goToLine = (/** @type {number} */ line) => editor.goToLine(line);
const runPanel = new RunPanel(state, actions, notices, panels, connection, {
  goToLine,
  whenDelivered: () => provider.whenDelivered(DELIVERY_PATIENCE_MS),
});
const runHistory = new RunHistory({
  actions,
  notices,
  goToLine,
  showPanel: () => panels.show("output", true),
  titleOf: (id) => state.session.languages.find((each) => each.id === id)?.title ?? id,
  content: () => editor.content,
});
const chat = new Chat(state, actions, panels, (unread) => {
  titleBadge.unread = unread;
});
new SessionOptions(state, actions, () => focusCode(editor.view));
showPermitted(state);
const awareness = new Awareness({
  ...{ editor, state, connection, actions, notices, carets, presence, preferences },
  text: () => provider.text,
  followed: (id) => {
    participants.followed = id;
  },
});
new PageDialogs({ state, actions, editor, preferences, pen, shell, panels, awareness, notices });
connectLeaveButton({ state, actions, confirmDialog, identity, basePath });
if (identity.resume === null) welcome(state, notices);

// --- the wire ------------------------------------------------------------------------------------

connection.on("joined", (ack) => {
  moveTo(ack.session.session_id);
  provider.joined(ack);
  editor.reconcile();
  state.joined(ack);
  runPanel.resumed(ack.session.run);
  caretRestorer.restore();
  rememberVisit();
  comparer.compare();
});
connection.on("link", (link) => {
  status.link = link;
  if (link === "fallback") joinDialog.showProgress(strings.connection.fallback);
  if (!state.known) return; // there is nothing to lose yet
  const joined = link === "joined";
  runPanel.connected = joined;
  presence.joined = joined;
  if (!joined) provider.disconnected();
  if (!joined) carets.clear();
});
connection.on("blocked", (code) => notices.show(strings.connection.between(code, "")));
connection.on("doc_update", (update) => {
  provider.receive(update);
  editor.reconcile();
  carets.retry();
});
connection.on("participants_update", (roster) => state.updateRoster(roster));
connection.on("session_update", (changed) => {
  if (changed.session_id !== undefined) moveTo(changed.session_id);
  state.updateSession(changed);
  if ("session_id" in changed || "view_id" in changed) {
    share.forget();
    links.changed();
  }
});
connection.on("presence", ({ participant_id, cursor, tab }) =>
  carets.move(participant_id, cursor, tab),
);
connection.on("chat_history", (history) => chat.reset(history));
connection.on("chat_message", (message) => chat.add(message));
connection.on("write_requested", (person) => requests.writeRequested(person));
connection.on("write_revoked", (news) => pen.revoked(news));
connection.on("join_requested", (person) => requests.joinRequested(person));
connection.on("run_queued", (queued) => {
  runHistory.close();
  runPanel.queued(queued);
});
connection.on("run_started", (run) => {
  runHistory.close();
  runPanel.started(run);
});
connection.on("run_waiting", (news) => runPanel.waiting(news));
connection.on("run_output", (output) => runPanel.output(output));
connection.on("run_finished", (result) => runPanel.finished(result));

/** @param {string} to  the session's ID, which changes with its links */
function moveTo(to) {
  if (to === place.sessionId) return;
  identity.moved(to);
  unsent.moveTo(to);
  history.replaceState(null, "", editorLink("", basePath, to) + location.hash);
}

function rememberVisit() {
  const { sessionId: id, title } = place;
  store.rememberVisit({ id, title, at: Date.now(), view: config.is_view });
}

// --- the document and the session ----------------------------------------------------------------

provider.on("edited", (update) => unsent.keep(update));
provider.on("saved", () => {
  drawSaved();
  if (provider.saved) unsent.clear();
});
provider.on("replaced", (rejection) => {
  showText();
  carets.redraw();
  rejectedEdits.offer(rejection);
});
state.on("change", () => {
  if (!state.known) return;
  if (place.title !== state.session.title) {
    place.title = state.session.title;
    rememberVisit();
  }
  drawSaved();
  editor.readOnly = !state.may("write");
  editor.setLanguage(state.language);
  carets.redraw();
  if (state.me) identity.hosting = state.isHost;
});
showText();

function showText() {
  editor.bind(provider.text);
  awareness.rebind();
}

function drawSaved() {
  status.saved = provider.saved && state.saving;
  notices.setLasting(strings.connection.notSaving, !state.saving);
}

// --- the keyboard --------------------------------------------------------------------------------

editor.on("cursor", () => {
  const { line, column } = editor.position;
  setText(byId("position", HTMLElement), strings.editor.position(line, column));
  if (editor.caretPlaced) presence.place();
  presence.moved();
});
editor.on("refusedInput", ({ enter }) => {
  if (enter && readOnlyPrompt.asks) readOnlyPrompt.accept();
  else readOnlyPrompt.show();
});
editor.on("run", (part) => void runPanel.start(part));
editor.on("notLoaded", () => notices.show(strings.editor.notLoaded));
editor.on("tabFocus", (leaves) => shell.setTabMode(leaves, notices));
shell.setTabMode(false);
keepCaretVisible(editor.view);
adaptToKeyboard(editor.view, panels, state, notices);

// --- the browser ---------------------------------------------------------------------------------

// Opening the host link in a tab that has the session open changes only the fragment.
window.addEventListener("hashchange", () => {
  if (takeHostKey(identity)) joinController.claimSeat();
});
window.addEventListener("online", () => connection.reconnector.retryNow());
window.addEventListener("offline", () => connection.networkLost());
window.addEventListener("pagehide", () => unsent.flush(true));
document.addEventListener("visibilitychange", () => {
  if (document.visibilityState === "visible") connection.reconnector.retrySoon();
  else unsent.flush(true);
});
window.addEventListener("beforeunload", (event) => {
  if (!provider.saved) event.preventDefault();
});
unsent
  .claim()
  .then((updates) => provider.adopt(updates))
  .finally(() => connection.start());
