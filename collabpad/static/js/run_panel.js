import { copyWithFeedback } from "./clipboard.js";
import { ConsoleView } from "./console_view.js";
import { OrderedOutput } from "./ordered_output.js";
import { byId, formatTime, setText } from "./dom.js";
import { ProgramInput } from "./program_input.js";
import { RunTimer } from "./run_timer.js";
import { strings } from "./strings.js";

/**
 * @typedef {import("./protocol.js").RunStarted} RunStarted
 * @typedef {import("./protocol.js").RunFinished} RunFinished
 * @typedef {import("./protocol.js").PastRunOutput} LastRun
 *
 * @typedef {object} Run  a queued run has not started yet
 * @property {string} run_id
 * @property {string} participant_id
 * @property {string} [name]  of the person who started it; they may have left
 * @property {string | null} [started_at]
 * @property {number} [timeout]
 */

/** The Run and Stop buttons, and the output, which is the same for everybody. */
export class RunPanel {
  #state;
  #actions;
  #notices;
  #panels;
  #parts = {
    run: byId("run", HTMLButtonElement),
    stop: byId("stop", HTMLButtonElement),
    output: byId("output", HTMLElement),
    verdict: byId("verdict", HTMLElement),
    facts: byId("run-facts", HTMLElement),
    copy: byId("output-copy", HTMLElement),
    clear: byId("output-clear", HTMLElement),
  };
  #console;
  #ordered;
  #input;
  #whenDelivered;
  #connection;
  #timer = new RunTimer((seconds) => this.#drawElapsed(seconds));
  /** @type {Run | null} the run whose output is shown */
  #run = null;
  #running = false;
  /** How often the panel was cleared. */
  #clearings = 0;
  #connected = false;

  /**
   * @param {import("./session_state.js").SessionState} state
   * @param {import("./actions.js").Actions} actions
   * @param {import("./notices.js").Notices} notices
   * @param {import("./panels.js").Panels} panels
   * @param {Pick<import("./connection.js").Connection, "command">} connection
   * @param {{goToLine: (line: number) => void, whenDelivered: () => Promise<boolean>}} callbacks
   *   `whenDelivered`: waits for your edits to reach the server
   */
  constructor(state, actions, notices, panels, connection, { goToLine, whenDelivered }) {
    this.#state = state;
    this.#actions = actions;
    this.#notices = notices;
    this.#panels = panels;
    this.#whenDelivered = whenDelivered;
    this.#connection = connection;
    this.#console = new ConsoleView(this.#parts.output, goToLine);
    this.#ordered = new OrderedOutput((stream, data) => this.#console.write(stream, data));
    this.#input = new ProgramInput(this.#parts.output, (input) => this.#feed(input));
    this.#listen();
    this.clear();
    state.on("change", () => this.#drawButtons());
  }

  /** @param {boolean} connected */
  set connected(connected) {
    this.#connected = connected;
    this.#drawButtons();
  }

  /**
   * Runs the document including your latest edits, or a part of it. Says why if it cannot.
   * @param {string} [part]
   */
  async start(part) {
    const obstacle = this.#obstacle();
    this.#input.runStarted();
    const payload = part === undefined ? {} : { code: part };
    if (obstacle) this.#notices.show(strings.run.obstacles[obstacle]);
    else if (await this.#whenDelivered()) void this.#actions.request("run_start", payload);
    else this.#notices.show(strings.run.unsaved);
  }

  /** @param {import("./protocol.js").CurrentRunView | null} run  at the time of the join */
  resumed(run) {
    if (!run) return void this.#catchUp();
    this.#begin(run);
    const { started_at } = run;
    if (started_at !== null) this.#start(run, Date.parse(started_at));
    for (const { stream, data } of run.output) this.#console.write(stream, data);
    if (run.waiting) this.waiting(run);
  }

  /** Shows the last run if it ended while this page was away. */
  async #catchUp() {
    const known = this.#running ? undefined : this.#run?.run_id;
    if (this.#running) this.#ended("");
    const [before, clearings] = [this.#run, this.#clearings];
    const last = await this.#lastRun(known);
    if (last === null || this.#run !== before) return;
    this.#run = last;
    if (this.#clearings === clearings) this.#showPast(last);
  }

  /**
   * Fails silently: nobody asked for it.
   * @param {string | undefined} known  the answer is null if this is still the last run
   * @returns {Promise<LastRun | null>}
   */
  async #lastRun(known) {
    try {
      return (await this.#connection.command("last_run", { known })).run;
    } catch {
      return null;
    }
  }

  /** @param {LastRun} run  is not announced and does not open the panel */
  #showPast(run) {
    this.#clearOutput();
    for (const { stream, data } of run.output) this.#console.write(stream, data);
    this.#showEnd(run, strings.verdict(run));
  }

  /** @param {import("./protocol.js").RunQueued} queued */
  queued(queued) {
    this.#begin(queued);
    const mine = this.#state.isMine(queued);
    const words = mine ? strings.run.beforeMine : strings.run.before;
    setText(this.#parts.facts, words(queued.before));
  }

  /** @param {RunStarted} run */
  started(run) {
    if (!this.#running || this.#run?.run_id !== run.run_id) this.#begin(run);
    this.#start(run, Date.now());
  }

  /** @param {Run} run */
  #begin(run) {
    this.#run = run;
    this.#running = true;
    this.#timer.stop();
    this.#clearOutput();
    this.#parts.verdict.className = "verdict running";
    setText(this.#parts.verdict, strings.run.waiting);
    setText(this.#parts.facts, "");
    this.#reveal(run);
    this.#drawButtons();
  }

  /**
   * On a phone somebody else's run does not replace the panel that you are looking at.
   * @param {Run} run
   */
  #reveal(run) {
    if (this.#panels.onPhone && !this.#state.isMine(run)) this.#panels.bringNews("output");
    else this.#panels.show("output", true);
  }

  /**
   * @param {Run} run
   * @param {number} startedAt  by this page's clock, in ms
   */
  #start(run, startedAt) {
    this.#run = run;
    setText(this.#parts.verdict, strings.run.running);
    this.#timer.start(startedAt);
  }

  /**
   * The program waits for input, or continues.
   * @param {{run_id: string, waiting: boolean}} news
   */
  waiting({ run_id, waiting }) {
    const run = this.#run;
    if (run_id !== run?.run_id || !this.#running) return;
    if (waiting) {
      this.#timer.pause();
      setText(this.#parts.verdict, strings.run.waitingForInput);
      if (this.#state.isMine(run)) {
        this.#notices.announce(strings.run.asksYou);
        this.#input.takeFocus();
      }
    } else {
      setText(this.#parts.verdict, strings.run.running);
      this.#timer.resume();
    }
  }

  /** @param {import("./protocol.js").RunOutput} output */
  output(output) {
    if (output.run_id === this.#run?.run_id) this.#ordered.take(output);
  }

  /** @param {RunFinished} result */
  finished(result) {
    if (result.run_id !== this.#run?.run_id) return;
    this.#ordered.flush();
    const verdict = strings.verdict(result, this.#run.timeout ?? 0);
    this.#showEnd(result, verdict);
    this.#notices.announce(strings.saidVerdict(verdict));
  }

  /**
   * @param {RunFinished} result
   * @param {string} verdict
   */
  #showEnd(result, verdict) {
    this.#parts.verdict.className = `verdict ${result.verdict === "ok" ? "ok" : "bad"}`;
    if (result.truncated) this.#console.note(strings.run.truncated);
    if (this.#console.plain === "") this.#console.note(strings.run.quiet);
    this.#ended(verdict);
    const who = this.#run ? this.#who(this.#run) : "";
    setText(this.#parts.facts, `${who} · ${strings.run.took(result.duration_ms)}`);
  }

  #clearOutput() {
    this.#ordered.drop();
    this.#console.clear();
  }

  /** Clears the panel on this page only. */
  clear() {
    this.#clearings += 1;
    this.#console.clear();
    this.#console.note(strings.run.hint);
    if (this.#running) return;
    setText(this.#parts.verdict, "");
    setText(this.#parts.facts, "");
  }

  /** @param {string} verdict */
  #ended(verdict) {
    this.#running = false;
    this.#timer.stop();
    setText(this.#parts.verdict, verdict);
    this.#drawButtons();
  }

  /** @returns {keyof typeof strings.run.obstacles | null} */
  #obstacle() {
    if (!this.#connected || !this.#state.known) return "offline";
    if (this.#running) return "running";
    return this.#state.runObstacle;
  }

  #drawButtons() {
    const { run, stop } = this.#parts;
    const obstacle = this.#obstacle();
    const mine = this.#running && this.#run !== null && this.#state.mayStop(this.#run);
    const hadFocus = document.activeElement === run || document.activeElement === stop;
    run.disabled = obstacle !== null;
    run.title = obstacle ? strings.run.obstacles[obstacle] : strings.run.keys;
    run.hidden = mine;
    stop.hidden = !mine;
    if (hadFocus) (mine ? stop : run).focus();
    this.#input.shown = this.#running && this.#run !== null && this.#state.mayFeed(this.#run);
  }

  /** @param {number} seconds */
  #drawElapsed(seconds) {
    const run = this.#run;
    if (!run?.timeout) return;
    const elapsed = strings.run.elapsed(Math.min(seconds, run.timeout), run.timeout);
    setText(this.#parts.facts, `${this.#who(run)} · ${elapsed}`);
  }

  /** @param {Run} run */
  #who(run) {
    const name = this.#state.person(run.participant_id)?.name ?? run.name;
    const when = run.started_at ? formatTime(run.started_at) : "";
    return name && when ? strings.run.by(name, when) : (name ?? when);
  }

  #listen() {
    const { run, stop, copy, clear } = this.#parts;
    run.addEventListener("click", () => void this.start());
    stop.addEventListener("click", () => this.#stop());
    copy.addEventListener(
      "click",
      () => void copyWithFeedback(copy, this.#console.plain, { ...strings.share, ...strings.run }),
    );
    clear.addEventListener("click", () => this.clear());
  }

  #stop() {
    if (this.#run) void this.#actions.request("run_stop", { run_id: this.#run.run_id });
  }

  /** @param {{data: string, eof?: boolean}} input */
  #feed(input) {
    if (this.#run) void this.#actions.request("run_input", { run_id: this.#run.run_id, ...input });
  }
}
