import { isEnabled, pageCommands } from "./commands.js";
import { element } from "./dom.js";
import { filter, match } from "./fuzzy.js";
import { keyHere, keyText } from "./keys.js";
import { makeLazyDialog } from "./lazy_dialog.js";
import { strings } from "./strings.js";
import { isTouchScreen } from "./virtual_keyboard.js";

/**
 * @typedef {import("./commands.js").Command} Command
 */

const words = strings.palette;

/**
 * Finds available commands by a few letters. Follows ARIA's pattern of a combobox with a listbox.
 */
export class Palette {
  #page;
  #dialog = makeLazyDialog("palette", words.title, false);
  #input = element("input", {
    type: "text",
    role: "combobox",
    "aria-label": words.field,
    "aria-autocomplete": "list",
    "aria-controls": "palette-list",
    "aria-expanded": "true",
    placeholder: words.placeholder,
    autocomplete: "off",
    autocapitalize: "off",
    spellcheck: "false",
  });
  #list = element("ul", { id: "palette-list", role: "listbox", "aria-label": words.list });
  #nothing = element("p", { class: "note", role: "status" });
  /** @type {Command[]} */
  #commands = [];
  /** @type {Command[]} */
  #shown = [];
  #chosen = 0;

  /** @param {import("./commands.js").Page} page */
  constructor(page) {
    this.#page = page;
    this.#dialog.append(this.#input, this.#list, this.#nothing);
    this.#input.addEventListener("input", () => this.#draw());
    this.#dialog.tabIndex = -1;
    this.#dialog.addEventListener("keydown", (event) => this.#key(event));
    this.#list.addEventListener("click", (event) => {
      const option = event.target instanceof Element ? event.target.closest("[role=option]") : null;
      if (option) this.#run([...this.#list.children].indexOf(option));
    });
  }

  open() {
    this.#commands = pageCommands(this.#page).filter(isEnabled);
    this.#input.value = "";
    this.#draw();
    this.#dialog.showModal();
    if (isTouchScreen()) this.#dialog.focus();
    this.#list.scrollTop = 0;
  }

  #draw() {
    const query = this.#input.value;
    this.#shown = filter(query, this.#commands, ({ title }) => title);
    this.#list.replaceChildren(
      ...this.#shown.map((command, index) => option(command, index, query)),
    );
    this.#list.hidden = this.#shown.length === 0;
    this.#input.setAttribute("aria-expanded", String(this.#shown.length > 0));
    this.#nothing.textContent = this.#shown.length === 0 ? words.nothing : "";
    this.#choose(0);
  }

  /** @param {number} index  wraps around at both ends */
  #choose(index) {
    const { children } = this.#list;
    children[this.#chosen]?.setAttribute("aria-selected", "false");
    this.#chosen = (index + children.length) % Math.max(children.length, 1);
    const chosen = children[this.#chosen];
    if (!chosen) return this.#input.removeAttribute("aria-activedescendant");
    chosen.setAttribute("aria-selected", "true");
    chosen.scrollIntoView({ block: "nearest" });
    this.#input.setAttribute("aria-activedescendant", chosen.id);
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    const last = this.#shown.length - 1;
    /** @type {Record<string, () => void>} */
    const does = {
      ArrowDown: () => this.#choose(this.#chosen + 1),
      ArrowUp: () => this.#choose(this.#chosen - 1),
      PageDown: () => this.#choose(Math.min(this.#chosen + 8, last)),
      PageUp: () => this.#choose(Math.max(this.#chosen - 8, 0)),
      Enter: () => this.#run(this.#chosen),
    };
    // A touch screen may have a keyboard: typing works at once.
    if (event.key.length === 1) this.#input.focus();
    if (!Object.hasOwn(does, event.key)) return;
    event.preventDefault();
    does[event.key]();
  }

  /** @param {number} index */
  #run(index) {
    const command = this.#shown[index];
    // Closed first, so that the focus goes back before the command may move it.
    this.#dialog.close();
    if (command && isEnabled(command)) command.run();
  }
}

/**
 * @param {Command} command
 * @param {number} index
 * @param {string} query
 */
function option({ title, key, mac }, index, query) {
  const shown = key && keyHere({ key, mac });
  const item = element(
    "li",
    { id: `palette-${index}`, role: "option", "aria-selected": "false" },
    element("span", {}, ...emphasised(title, query)),
  );
  if (shown) item.append(element("kbd", { text: keyText(shown) }));
  return item;
}

/**
 * @param {string} text
 * @param {string} query
 * @returns {(Node | string)[]}
 */
function emphasised(text, query) {
  const at = new Set(match(query, text)?.at);
  return Array.from(text, (letter, index) =>
    at.has(index) ? element("b", { text: letter }) : letter,
  );
}
