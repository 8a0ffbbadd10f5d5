import { Actions } from "./actions.js";
import { Arrival } from "./arrival.js";
import { keepCaretInSight } from "./caret_in_sight.js";
import { Chat } from "./chat.js";
import { CodeEditor } from "./code_editor.js";
import { RunDiffDialog } from "./run_diff_dialog.js";
import { guardCompositions } from "./composition.js";
import { Connection } from "./connection.js";
import { ConnectionStatus } from "./connection_status.js";
import { byId, setText } from "./dom.js";
import { JoinController } from "./join_controller.js";
import { Files } from "./files.js";
import { JoinDialog } from "./join_dialog.js";
import { giveWay } from "./giving_way.js";
import { JoinLock } from "./join_lock.js";
import { SEPARATE, Identity } from "./identity.js";
import { ignoreHeldKeys } from "./held_keys.js";
import { leaveConfirmation } from "./leave_confirmation.js";
import { LinkChanges } from "./link_changes.js";
import { hostKeyIn } from "./links.js";
import { RejectedEdits } from "./rejected_edits.js";
import { PageDialogs } from "./page_dialogs.js";
import { Notices } from "./notices.js";
import { ReadOnlyPrompt } from "./read_only_prompt.js";
import { PageShell } from "./page_shell.js";
import { arrange } from "./page_layout.js";
import { Participants } from "./participants.js";
import { showPermitted } from "./permissions.js";
import { Pen } from "./pen.js";
import { PresenceSender } from "./presence.js";
import { Preferences } from "./preferences.js";
import { Provider } from "./provider.js";
import { ConfirmDialog } from "./confirm_dialog.js";
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
import { Awareness } from "./awareness.js";
import { isTouched, takeKeyboard } from "./touch.js";
import { UnsentEdits } from "./unsent_edits.js";
import { followKeyboard } from "./visible_height.js";
import { welcome } from "./welcome.js";

/**
 * The editor page: makes the parts and connects them. What a part does is in its own module.
 *
 * @typedef {{session_id: string, is_view: boolean, base_path: string, title: string,
 *   passcode_set: boolean}} Config  `passcode_set`: whether newcomers are asked for one
 */

const COMPARE_MS = 60_000;
/** After an edit that older pages and servers are known to get wrong. */
const COMPARE_SOON_MS = 3000;
/** What was just typed is in the document before that is run; this long a run waits for it. */
const DELIVERY_PATIENCE_MS = 5000;

/** @type {Config} */
const config = JSON.parse(byId("config", HTMLScriptElement).text);
const nonce = document.querySelector("meta[name=csp-nonce]")?.getAttribute("content") ?? "";
const store = new Store();
const place = { sessionId: config.session_id, title: config.title };
const identity = new Identity(store, place);
const joinLock = new JoinLock(identity, store, config.session_id);

function dropFragment() {
  history.replaceState(null, "", location.pathname + location.search);
}
if (location.hash === SEPARATE) {
  identity.becomeSeparate();
  dropFragment();
}

/** @returns {boolean} whether the address was the host link; the key is out of sight then */
function takeHostKey() {
  const hostKey = hostKeyIn(location.hash);
  if (hostKey === null) return false;
  // Where nothing is kept the key stays in sight: else a reload would lose it.
  if (identity.keepHostKey(hostKey)) dropFragment();
  return true;
}
const byHostLink = takeHostKey();
guardCompositions(window);
ignoreHeldKeys(window);

const state = new SessionState();
const panels = arrange(store);
const titleBadge = new TitleBadge(state);
const notices = new Notices(byId("notices", HTMLElement), byId("announcer", HTMLElement));
const preferences = new Preferences(store);
const editor = new CodeEditor(byId("code", HTMLElement), nonce, preferences);
const arrival = new Arrival(editor, store, place);
const saveCode = () => files.saveText();
const joinDialog = new JoinDialog(config.is_view, {
  enter: (at, answers) => joinController.enter(at, answers),
  entered: () => editor.enter(),
  download: saveCode,
});
const connection = new Connection({
  basePath: config.base_path,
  sessionId: () => place.sessionId,
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
const confirmDialog = new ConfirmDialog();
const links = new LinkChanges(state, actions, notices, confirmDialog);
const toCode = () => takeKeyboard(editor.view);
const participants = new Participants(
  state,
  actions,
  notices,
  {
    list: byId("participants", HTMLElement),
    faces: byId("people-button", HTMLElement),
    alone: byId("alone", HTMLElement),
  },
  {
    rename: () => shell.askName(),
    follow: (id) => awareness.toggleFollowing(id),
    goTo: (id) => awareness.goTo(id),
  },
  confirmDialog,
  links,
);
const pen = new Pen(
  state,
  actions,
  notices,
  {
    pill: byId("pen-pill", HTMLElement),
    text: byId("pen", HTMLElement),
    buttons: byId("pen-actions", HTMLElement),
  },
  {
    showPeople: () => {
      panels.show("people", true);
      participants.focusGiving();
    },
    toCode,
  },
);
const readOnlyPrompt = new ReadOnlyPrompt(byId("read-only-prompt", HTMLElement), state, pen);
const requests = new Requests(byId("requests", HTMLElement), state, actions, notices, store.tab);
const share = new Share(state, {
  basePath: config.base_path,
  sessionId: () => place.sessionId,
  hostKey: () => identity.hostKey,
  resume: () => identity.resume,
});
const shell = new PageShell(state, actions, { share: () => share.open(), saveCode });
const files = new Files({
  state,
  editor,
  actions,
  notices,
  confirmDialog,
  store,
  place,
  resume: () => identity.resume,
  basePath: config.base_path,
});
const rejectedEdits = new RejectedEdits(notices, editor);
const runPanel = new RunPanel(state, actions, notices, panels, {
  goToLine: (line) => editor.goToLine(line),
  whenDelivered: () => provider.whenDelivered(DELIVERY_PATIENCE_MS),
  lastRun,
});
const runDiffDialog = new RunDiffDialog(() => editor.content);
const runHistory = new RunHistory({
  actions,
  goToLine: (line) => editor.goToLine(line),
  unfold: () => panels.show("output", true),
  titleOf: (id) => state.session.languages.find((each) => each.id === id)?.title ?? id,
  showChanges: (run) => runDiffDialog.show(run),
});
const chat = new Chat(
  state,
  actions,
  panels,
  {
    window: byId("chat", HTMLElement),
    button: byId("chat-button", HTMLElement),
    badge: byId("chat-badge", HTMLElement),
    close: byId("chat-close", HTMLElement),
    messages: byId("messages", HTMLElement),
    form: byId("chat-form", HTMLFormElement),
    input: byId("chat-input", HTMLTextAreaElement),
  },
  (unread) => {
    titleBadge.unread = unread;
  },
);
new SessionOptions(state, actions, toCode);
showPermitted(state);
const awareness = new Awareness({
  editor,
  state,
  connection,
  actions,
  notices,
  carets,
  presence,
  preferences,
  text: () => provider.text,
  followed: (id) => {
    participants.followed = id;
  },
});
new PageDialogs({ state, actions, editor, preferences, pen, shell, panels, awareness, notices });
// Who comes back after a reload knows.
if (identity.resume === null) welcome(state, notices);

/** Two texts that should be the same and are not: found and mended, at the latest now. */
function compare() {
  provider
    .compare()
    .then(() => editor.checkAgreement(true))
    .catch(() => undefined);
}

/** @type {ReturnType<typeof setTimeout> | undefined} */
let comparison;
function compareSoon() {
  comparison ??= setTimeout(() => {
    comparison = undefined;
    compare();
  }, COMPARE_SOON_MS);
}

/**
 * Quietly: nobody has asked for it who could be told why it did not come.
 * @param {string | undefined} known
 * @returns {Promise<import("./protocol.js").PastRunOutput | null>}
 */
async function lastRun(known) {
  try {
    return (await connection.command("last_run", { known })).run;
  } catch {
    return null;
  }
}

function rememberVisit() {
  const { sessionId: id, title } = place;
  store.rememberVisit({ id, title, at: Date.now(), view: config.is_view });
}

/** @param {string} sessionId  as it is now: the links may have been changed */
function moveTo(sessionId) {
  if (sessionId === place.sessionId) return;
  identity.moved(sessionId);
  unsent.moveTo(sessionId);
  const path = `${config.base_path}/editor/${encodeURIComponent(sessionId)}`;
  history.replaceState(null, "", path + location.hash);
}

// --- the wire ------------------------------------------------------------------------------------

connection.on("joined", (ack) => {
  moveTo(ack.session.session_id);
  provider.joined(ack);
  editor.checkAgreement();
  state.joined(ack);
  runPanel.resumed(ack.session.run);
  arrival.joined();
  rememberVisit();
  compare();
});
connection.on("link", (link) => {
  status.link = link;
  if (link === "detour") joinDialog.tell(strings.connection.detour);
  if (!state.known) return; // there is nothing yet that could be lost
  const joined = link === "joined";
  runPanel.connected = joined;
  presence.joined = joined;
  if (!joined) provider.disconnected();
  if (!joined) carets.clear();
});
connection.on("hindered", (code) => notices.show(strings.connection.between(code, "")));
connection.on("doc_update", (update) => {
  provider.receive(update);
  editor.checkAgreement();
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
connection.on("write_revoked", (news) => pen.taken(news));
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

// --- the document --------------------------------------------------------------------------------

function drawSaved() {
  status.saved = provider.saved && state.saving;
  notices.setLasting(strings.connection.notSaving, !state.saving);
}
provider.on("edited", (update) => unsent.keep(update));
provider.on("saved", () => {
  drawSaved();
  if (provider.saved) unsent.clear();
});
provider.on("replaced", (rejection) => {
  editor.bind(provider.text);
  awareness.rebind();
  carets.redraw();
  rejectedEdits.offer(rejection);
});
setInterval(compare, COMPARE_MS);
editor.bind(provider.text);
awareness.rebind();

// --- the session ---------------------------------------------------------------------------------

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

// --- the keyboard --------------------------------------------------------------------------------

editor.on("cursor", () => {
  const { line, column } = editor.position;
  setText(byId("position", HTMLElement), strings.editor.position(line, column));
  if (editor.attended) presence.place();
  presence.moved();
});
editor.on("refusedInput", ({ enter }) => {
  if (enter && readOnlyPrompt.asks) readOnlyPrompt.accept();
  else readOnlyPrompt.show();
});
editor.on("run", (part) => void runPanel.start(part));
editor.on("pairs", compareSoon);
editor.on("notLoaded", () => notices.show(strings.editor.notLoaded));
editor.on("tabFocus", (leaves) => shell.setTabMode(leaves, notices));
shell.setTabMode(false);
keepCaretInSight(editor.view);
followKeyboard();
giveWay(panels, state);
if (isTouched()) {
  import("./touch_keys.js").then(
    ({ TouchKeys }) => new TouchKeys(byId("touch-keys", HTMLElement), editor.view, state),
    () => notices.show(strings.editor.notLoaded),
  );
}

// --- the browser ---------------------------------------------------------------------------------

// The host link opened where its session is open already changes only the fragment.
window.addEventListener("hashchange", () => {
  if (takeHostKey()) joinController.claimSeat();
});
window.addEventListener("online", () => connection.hurry());
window.addEventListener("offline", () => connection.lost());
window.addEventListener("pagehide", () => unsent.flush());
document.addEventListener("visibilitychange", () => {
  if (document.visibilityState === "visible") connection.lookedAt();
  else unsent.flush();
});
window.addEventListener("beforeunload", (event) => {
  if (!provider.saved) event.preventDefault();
});
byId("leave", HTMLElement).addEventListener("click", async () => {
  if (!(await confirmDialog.ask(leaveConfirmation(state, identity.hostKey !== null)))) return;
  if (!(await actions.request("leave_session"))) return;
  identity.leave();
  location.assign(`${config.base_path}/`);
});
unsent
  .claim()
  .then((updates) => provider.adopt(updates))
  .finally(() => connection.start());
