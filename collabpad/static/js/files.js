import { byId } from "./dom.js";
import { download } from "./download.js";
import { request, requestJson, HttpFailure } from "./http.js";
import { PLAIN_TEXT, fileName, languageOf } from "./languages.js";
import { openAsHost } from "./links.js";
import { strings } from "./strings.js";

/**
 * @typedef {object} FilesParts
 * @property {import("./session_state.js").SessionState} state
 * @property {import("./code_editor.js").CodeEditor} editor
 * @property {import("./actions.js").Actions} actions
 * @property {import("./notices.js").Notices} notices
 * @property {import("./confirm_dialog.js").ConfirmDialog} confirmDialog
 * @property {import("./store.js").Store} store
 * @property {import("./join_controller.js").Place} place
 * @property {() => string | null} resume
 * @property {string} basePath
 */

const EXPORT_SUFFIX = ".collabpad.json";
const EXPORT_FORMAT = "collabpad-session";
const words = strings.files;

/** Downloads and imports of the text or of the whole session. */
export class Files {
  #parts;

  /** @param {FilesParts} parts */
  constructor(parts) {
    this.#parts = parts;
    const input = byId("import-file", HTMLInputElement);
    byId("import", HTMLElement).addEventListener("click", () => input.click());
    input.addEventListener("change", () => {
      const [file] = input.files ?? [];
      if (file) void this.importFile(file);
      input.value = "";
    });
    for (const id of ["download-session", "ending-download"]) {
      byId(id, HTMLElement).addEventListener("click", () => void this.saveSession());
    }
    this.#catchDrops();
  }

  /** Downloads this page's text. Works offline and after the session has ended. */
  saveText() {
    const { state, editor, place } = this.#parts;
    const language = state.known ? state.language : PLAIN_TEXT;
    const content = new Blob([editor.content], { type: "text/plain;charset=utf-8" });
    download(fileName(place.title, language), content);
  }

  /** Downloads the text with its history and the chat, for import on this or another server. */
  async saveSession() {
    const { basePath, resume, place, notices } = this.#parts;
    const token = resume();
    const path = `${basePath}/api/sessions/${encodeURIComponent(place.sessionId)}`;
    await this.#showFailure(async () => {
      const answer = await request(`${path}/export?format=json`, {
        headers: token ? { Authorization: `Bearer ${token}` } : {},
      });
      const name = fileName(place.title, PLAIN_TEXT).replace(/\.txt$/, EXPORT_SUFFIX);
      download(name, await answer.blob());
      notices.show(words.savedSession(name));
    });
  }

  /**
   * A session holds one text, so several files are refused.
   * @param {File[]} files
   */
  #importOne([file, ...more]) {
    if (more.length > 0) this.#parts.notices.show(words.oneOnly(more.length + 1));
    else if (file) void this.importFile(file);
  }

  /** @param {File} file  replaces the text, or becomes a new session */
  async importFile(file) {
    const { state, notices } = this.#parts;
    const bytes = await contentOf(file);
    if (bytes === null) return notices.show(words.unreadable(file.name));
    const text = decoded(bytes);
    if (isExport(file.name, text)) return this.#openSession(file.name, bytes);
    if (!state.may("write")) return notices.show(words.readOnly);
    if (text === null || text.includes("\0")) return notices.show(words.notText(file.name));
    const limit = state.session.limits.document;
    if (bytes.length > limit) return notices.show(words.tooLarge(file.name, limit));
    await this.#replaceText(file.name, text);
  }

  /**
   * @param {string} name
   * @param {string} text
   */
  async #replaceText(name, text) {
    const { state, editor, actions, notices, confirmDialog } = this.#parts;
    if (editor.content !== "" && !(await confirmDialog.ask(words.replacing(name)))) return;
    // You may have lost the pen in the meantime.
    if (editor.readOnly) {
      notices.show(words.readOnly);
      return;
    }
    editor.replaceAll(text);
    const { languages, language: current } = state.session;
    const language = languageOf(name, languages);
    if (language !== undefined && language !== current) {
      await actions.request("update_session", { language });
    }
  }

  /**
   * @param {string} name
   * @param {Uint8Array} bytes
   */
  async #openSession(name, bytes) {
    const { basePath, store, confirmDialog } = this.#parts;
    if (!(await confirmDialog.ask(words.opening(name)))) return;
    await this.#showFailure(async () => {
      const made = await requestJson(`${basePath}/api/sessions/import`, {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: new Blob([/** @type {BlobPart} */ (bytes)]),
      });
      openAsHost(store, basePath, made);
    });
  }

  /** @param {() => Promise<void>} asking */
  async #showFailure(asking) {
    try {
      await asking();
    } catch (error) {
      const { noAnswer } = strings.connection;
      this.#parts.notices.show(error instanceof HttpFailure ? error.message : noAnswer);
    }
  }

  /** Takes files dropped anywhere. The browser would open them instead of the page. */
  #catchDrops() {
    const app = byId("app", HTMLElement);
    window.addEventListener("dragover", (event) => {
      if (!carriesFile(event)) return;
      event.preventDefault();
      app.classList.add("receiving");
    });
    window.addEventListener("dragleave", (event) => {
      if (event.relatedTarget === null) app.classList.remove("receiving");
    });
    window.addEventListener("drop", (event) => {
      app.classList.remove("receiving");
      if (!carriesFile(event)) return;
      event.preventDefault();
      const files = [...(event.dataTransfer?.files ?? [])];
      if (!document.querySelector("dialog[open]")) this.#importOne(files);
    });
  }
}

/** @param {DragEvent} event */
function carriesFile(event) {
  return event.dataTransfer?.types.includes("Files") ?? false;
}

/**
 * @param {File} file
 * @returns {Promise<Uint8Array | null>} null if it cannot be read, for example a folder
 */
async function contentOf(file) {
  try {
    return new Uint8Array(await file.arrayBuffer());
  } catch {
    return null;
  }
}

/**
 * @param {Uint8Array} bytes
 * @returns {string | null} null if it is not UTF-8
 */
function decoded(bytes) {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return null;
  }
}

/**
 * @param {string} name
 * @param {string | null} text
 */
function isExport(name, text) {
  if (text === null || !/\.json$/i.test(name) || !text.includes(EXPORT_FORMAT)) return false;
  try {
    return JSON.parse(text).format === EXPORT_FORMAT;
  } catch {
    return false;
  }
}
