import { byId } from "./dom.js";
import { MESSAGE_LENGTH } from "./protocol.js";
import { strings } from "./strings.js";

/** @typedef {import("./protocol.js").ChatMessage} ChatMessage */

/** The server keeps as many by default. */
const SHOWN = 500;

/**
 * The messages of a session and how many of them are unread. No DOM.
 */
export class ChatLog {
  /** @type {ChatMessage[]} */
  messages = [];
  unread = 0;
  /** Whether new messages are visible at once. */
  open = false;
  #greeted = false;

  /**
   * Takes the history after a join. After a reconnect it may have messages that were missed.
   * @param {ChatMessage[]} messages
   * @param {string} me
   */
  reset(messages, me) {
    const known = new Set(this.messages.map((message) => message.id));
    if (this.#greeted) {
      for (const message of messages) if (!known.has(message.id)) this.#count(message, me);
    }
    this.#greeted = true;
    this.messages = messages.slice(-SHOWN);
  }

  /**
   * @param {ChatMessage} message
   * @param {string} me
   * @returns {boolean} whether it is new
   */
  add(message, me) {
    if (this.messages.some((other) => other.id === message.id)) return false;
    this.messages = [...this.messages, message].slice(-SHOWN);
    this.#count(message, me);
    return true;
  }

  read() {
    this.unread = 0;
  }

  /**
   * @param {ChatMessage} message
   * @param {string} me
   */
  #count(message, me) {
    if (!this.open && message.kind === "chat" && message.participant_id !== me) this.unread += 1;
  }
}

/** The chat window over the code. */
export class Chat {
  #log = new ChatLog();
  /** @type {import("./chat_messages.js").ChatMessages | null} loaded after the code */
  #messages = null;
  #parts = {
    window: byId("chat", HTMLElement),
    button: byId("chat-button", HTMLElement),
    badge: byId("chat-badge", HTMLElement),
    close: byId("chat-close", HTMLElement),
    messages: byId("messages", HTMLElement),
    form: byId("chat-form", HTMLFormElement),
    input: byId("chat-input", HTMLTextAreaElement),
  };
  #state;
  #actions;
  #panels;
  #onUnread;

  /**
   * @param {import("./session_state.js").SessionState} state
   * @param {import("./actions.js").Actions} actions
   * @param {import("./panels.js").Panels} panels
   * @param {(unread: number) => void} onUnread
   */
  constructor(state, actions, panels, onUnread) {
    const parts = this.#parts;
    this.#state = state;
    this.#actions = actions;
    this.#panels = panels;
    this.#onUnread = onUnread;
    parts.button.addEventListener("click", () => {
      panels.toggle("chat");
      if (this.#log.open) parts.input.focus();
    });
    parts.close.addEventListener("click", () => this.#minimise());
    parts.window.addEventListener("keydown", (event) => {
      if (event.key !== "Escape") return;
      event.preventDefault();
      this.#minimise();
    });
    parts.form.addEventListener("submit", (event) => {
      event.preventDefault();
      void this.#send();
    });
    parts.input.addEventListener("keydown", (event) => this.#key(event));
    parts.input.addEventListener("input", () => this.#grow());
    panels.on("change", () => this.#follow());
    this.#follow();
  }

  /** @param {{messages: ChatMessage[]}} history */
  reset({ messages }) {
    this.#log.reset(messages, this.#state.me?.id ?? "");
    this.#drawUnread();
    // Tried again with the history of the next join.
    this.#show().catch(() => undefined);
  }

  async #show() {
    const { messages } = this.#parts;
    const { ChatMessages } = await import("./chat_messages.js");
    const colorOf = (/** @type {string | null} */ id) => this.#state.person(id)?.color;
    this.#messages ??= new ChatMessages(messages, colorOf, SHOWN);
    this.#messages.reset(this.#log.messages);
    this.#toEnd();
  }

  /** @param {ChatMessage} message */
  add(message) {
    if (!this.#log.add(message, this.#state.me?.id ?? "")) return;
    const { messages } = this.#parts;
    const following = messages.scrollHeight - messages.scrollTop - messages.clientHeight < 40;
    this.#messages?.add(message);
    if (following) this.#toEnd();
    this.#drawUnread();
  }

  #minimise() {
    this.#panels.show("chat", false);
    this.#parts.button.focus();
  }

  /** The panels open or close the window. */
  #follow() {
    const open = this.#panels.shown("chat");
    this.#parts.button.setAttribute("aria-expanded", String(open));
    if (open && !this.#log.open) {
      this.#log.read();
      this.#toEnd();
    }
    this.#log.open = open;
    this.#drawUnread();
  }

  #drawUnread() {
    const { button, badge } = this.#parts;
    const { unread } = this.#log;
    button.setAttribute("aria-label", strings.chat.button(unread));
    badge.textContent = unread > 99 ? "99+" : String(unread);
    badge.hidden = unread === 0;
    this.#onUnread(unread);
  }

  #toEnd() {
    const { messages } = this.#parts;
    messages.scrollTop = messages.scrollHeight;
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    if (event.key !== "Enter" || event.shiftKey) return;
    event.preventDefault();
    void this.#send();
  }

  async #send() {
    const { input } = this.#parts;
    const message = input.value.trim();
    if (!message || message.length > MESSAGE_LENGTH) return;
    const sent = input.value;
    input.value = "";
    this.#grow();
    if (await this.#actions.request("send_message", { message })) this.#toEnd();
    else if (input.value === "") input.value = sent;
  }

  #grow() {
    const { input } = this.#parts;
    input.style.setProperty("height", "auto");
    input.style.setProperty("height", `${Math.min(input.scrollHeight + 2, 120)}px`);
  }
}
