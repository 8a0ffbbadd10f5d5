import { pageCommands } from "./commands.js";
import { element } from "./dom.js";
import { keyHere, keyText } from "./keys.js";
import { makeLazyDialog } from "./lazy_dialog.js";
import { strings } from "./strings.js";

/** @typedef {import("./commands.js").Command} Command */

const words = strings.help;

/** The help: what the page can do, and by which keys. */
export class Help {
  #page;
  #dialog = makeLazyDialog("help", words.title);
  #keys = element("div", { class: "help-keys" });

  /** @param {import("./commands.js").Page} page */
  constructor(page) {
    this.#page = page;
    const texts = words
      .texts((key, mac) => keyText(keyHere({ key, mac })))
      .map(({ title, text }) =>
        element("section", {}, element("h3", { text: title }), element("p", { text })),
      );
    this.#dialog.classList.add("wide");
    this.#dialog.append(
      // Focusable, so that the arrow keys scroll it.
      element(
        "div",
        { class: "help-body", role: "region", "aria-label": words.title, tabindex: "0" },
        element("div", { class: "help-texts" }, ...texts),
        this.#keys,
      ),
    );
  }

  open() {
    const commands = pageCommands(this.#page).filter(({ key }) => key !== undefined);
    const groups = /** @type {import("./commands.js").Group[]} */ (
      Object.keys(strings.commandGroups)
    );
    this.#keys.replaceChildren(
      ...groups.flatMap((group) => {
        const rows = commands.filter((command) => command.group === group);
        return rows.length > 0 ? [table(strings.commandGroups[group], rows)] : [];
      }),
    );
    this.#dialog.showModal();
  }
}

/**
 * @param {string} title
 * @param {Command[]} commands
 */
function table(title, commands) {
  const rows = commands.map(({ title: does, key = "", mac }) =>
    element(
      "tr",
      {},
      element("th", { scope: "row", text: does }),
      element("td", {}, element("kbd", { text: keyText(keyHere({ key, mac })) })),
    ),
  );
  return element("table", {}, element("caption", { text: title }), element("tbody", {}, ...rows));
}
