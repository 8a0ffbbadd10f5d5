import { ConsoleView } from "./console_view.js";
import { byId, formatTime, element, setText } from "./dom.js";
import { strings } from "./strings.js";

/**
 * @typedef {import("./protocol.js").PastRunDetails} PastRun
 * @typedef {import("./protocol.js").PastRun} PastRunFacts
 *
 * @typedef {object} HistoryParts
 * @property {import("./actions.js").Actions} actions
 * @property {import("./notices.js").Notices} notices
 * @property {(line: number) => void} goToLine
 * @property {() => void} showPanel
 * @property {(language: string) => string} titleOf  a language
 * @property {() => string} content  the code as it is now
 */

const words = strings.history;

/** The session’s last runs, shown in place of the output: what each printed, and its code. */
export class RunHistory {
  #parts;
  #panel = byId("output-panel", HTMLElement);
  #button = byId("history-button", HTMLElement);
  #place = byId("history", HTMLElement);
  #list = byId("history-list", HTMLElement);
  #empty = byId("history-empty", HTMLElement);
  #facts = byId("history-facts", HTMLElement);
  #changes = byId("history-changes", HTMLElement);
  #output = byId("history-output", HTMLElement);
  #console;
  /** @type {PastRun | null} the chosen run */
  #run = null;
  /** @type {import("./run_diff_dialog.js").RunDiffDialog | null} loaded when first opened */
  #diffDialog = null;

  /** @param {HistoryParts} parts */
  constructor(parts) {
    this.#parts = parts;
    this.#console = new ConsoleView(this.#output, parts.goToLine);
    this.#button.addEventListener("click", () => {
      if (this.#place.hidden) void this.#open();
      else this.close();
    });
    this.#changes.addEventListener("click", () => {
      if (this.#run) void this.#showChanges(this.#run);
    });
    this.#place.addEventListener("keydown", ({ key }) => {
      if (key !== "Escape") return;
      this.close();
      this.#button.focus();
    });
  }

  /** Shows the current output again. */
  close() {
    this.#show(false);
  }

  async #open() {
    const ack = await this.#parts.actions.request("list_runs");
    if (!ack) return;
    const { runs } = ack;
    this.#list.replaceChildren(...runs.map((run) => this.#row(run)));
    this.#empty.hidden = runs.length > 0;
    this.#showRun(null);
    this.#parts.showPanel();
    this.#show(true);
    const [first] = this.#list.querySelectorAll("button");
    (first ?? this.#button).focus();
  }

  /** @param {boolean} open */
  #show(open) {
    this.#place.hidden = !open;
    this.#panel.classList.toggle("past", open);
    this.#button.setAttribute("aria-expanded", String(open));
  }

  /** @param {PastRunFacts} run */
  #row(run) {
    const bad = run.verdict === "ok" ? "ok" : "bad";
    const button = element(
      "button",
      { type: "button", class: "past-run quiet" },
      element("span", { class: `verdict ${bad}`, text: strings.verdict(run) }),
      element("code", { class: "first-line", text: run.first_line, dir: "ltr" }),
      element("span", { text: words.about(run.name, moment(run), run.duration_ms) }),
    );
    button.addEventListener("click", () => void this.#choose(run, button));
    return element("li", {}, button);
  }

  /**
   * @param {PastRunFacts} facts
   * @param {HTMLElement} button
   */
  async #choose({ run_id }, button) {
    const ack = await this.#parts.actions.request("get_run", { run_id });
    if (!ack) return;
    this.#list.querySelector("[aria-current]")?.removeAttribute("aria-current");
    button.setAttribute("aria-current", "true");
    this.#showRun(ack.run);
  }

  /** @param {PastRun} run */
  async #showChanges(run) {
    try {
      const { RunDiffDialog } = await import("./run_diff_dialog.js");
      this.#diffDialog ??= new RunDiffDialog(this.#parts.content);
      this.#diffDialog.show(run);
    } catch {
      this.#parts.notices.show(strings.editor.notLoaded);
    }
  }

  /** @param {PastRun | null} run */
  #showRun(run) {
    this.#run = run;
    this.#console.clear();
    this.#changes.hidden = run === null || run.code === null;
    if (!run) {
      setText(this.#facts, "");
      this.#console.note(words.choose);
      return;
    }
    setText(this.#changes, run.selection ? words.part : words.changes);
    setText(this.#facts, words.facts(this.#parts.titleOf(run.language), run.duration_ms));
    for (const { stream, data } of run.output) this.#console.write(stream, data);
    if (this.#console.plain === "") this.#console.note(strings.run.quiet);
    if (run.truncated) this.#console.note(strings.run.truncated);
    this.#output.scrollTop = 0;
  }
}

/**
 * @param {PastRunFacts} run
 * @returns {string} to the second: runs often follow each other within a minute
 */
function moment({ started_at }) {
  return formatTime(started_at, Date.now(), "medium");
}
