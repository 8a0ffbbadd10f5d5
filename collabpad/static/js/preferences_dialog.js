import { element } from "./dom.js";
import { DEFAULTS, FONT_SIZES, INDENTATIONS, KEYS, TAB_SIZES } from "./preferences.js";
import { makeLazyDialog } from "./lazy_dialog.js";
import { Store } from "./store.js";
import { strings } from "./strings.js";
import { THEMES, Theme } from "./theme.js";

/** @typedef {import("./preferences.js").Choices} Choices */

const words = strings.preferences;

/** The preferences. Changes apply at once; there is nothing to confirm. */
export class PreferencesDialog {
  #preferences;
  #dialog = makeLazyDialog("preferences", words.title);
  #theme = new Theme(new Store());
  #themes = choice(THEMES.map((theme) => [theme, words.themes[theme]]));
  #fields = {
    fontSize: element("input", {
      type: "number",
      min: String(FONT_SIZES.least),
      max: String(FONT_SIZES.most),
    }),
    tabSize: choice(TAB_SIZES.map((size) => [String(size), words.tabSizes(size)])),
    indentation: choice(INDENTATIONS.map((kind) => [kind, words.indentations[kind]])),
    keys: choice(KEYS.map((keys) => [keys, words.keySets[keys]])),
    wrap: element("input", { type: "checkbox" }),
    completion: element("input", { type: "checkbox" }),
    marks: element("input", { type: "checkbox" }),
    edits: element("input", { type: "checkbox" }),
  };

  /** @param {import("./preferences.js").Preferences} preferences */
  constructor(preferences) {
    this.#preferences = preferences;
    const { fontSize, tabSize, indentation, keys, wrap, completion, marks, edits } = this.#fields;
    this.#dialog.append(
      field(words.theme, this.#themes),
      field(words.fontSize, fontSize),
      field(words.tabSize, tabSize),
      field(words.indentation, indentation),
      field(words.keys, keys),
      check(words.wrap, wrap),
      check(words.completion, completion),
      check(words.marks, marks),
      check(words.edits, edits),
      element("p", { class: "note", text: words.yours }),
      element(
        "div",
        { class: "dialog-actions" },
        element("button", {
          type: "button",
          text: words.reset,
          onclick: () => this.#reset(),
        }),
      ),
    );
    for (const each of Object.values(this.#fields)) {
      each.addEventListener("change", () => this.#choose());
    }
    this.#themes.addEventListener("change", () => this.#theme.choose(this.#themes.value));
    preferences.on("change", () => this.#draw());
  }

  open() {
    this.#draw();
    this.#dialog.showModal();
  }

  #reset() {
    this.#theme.choose(THEMES[0]);
    this.#preferences.choose(DEFAULTS);
  }

  #draw() {
    const { fontSize, tabSize, indentation, keys, wrap, completion, marks, edits } = this.#fields;
    const { choices } = this.#preferences;
    this.#themes.value = this.#theme.choice;
    fontSize.value = String(choices.fontSize);
    tabSize.value = String(choices.tabSize);
    indentation.value = choices.indentation;
    keys.value = choices.keys;
    wrap.checked = choices.wrap;
    completion.checked = choices.completion;
    marks.checked = choices.marks;
    edits.checked = choices.edits;
  }

  #choose() {
    const { fontSize, tabSize, indentation, keys, wrap, completion, marks, edits } = this.#fields;
    this.#preferences.choose({
      fontSize: fontSize.valueAsNumber,
      tabSize: Number(tabSize.value),
      indentation: /** @type {Choices["indentation"]} */ (indentation.value),
      keys: /** @type {Choices["keys"]} */ (keys.value),
      wrap: wrap.checked,
      completion: completion.checked,
      marks: marks.checked,
      edits: edits.checked,
    });
  }
}

/** @param {[value: string, text: string][]} options */
function choice(options) {
  return element(
    "select",
    {},
    ...options.map(([value, text]) => element("option", { value, text })),
  );
}

/** @param {string} label @param {HTMLElement} control */
function field(label, control) {
  return element("label", { class: "option" }, label, control);
}

/** @param {string} label @param {HTMLElement} control */
function check(label, control) {
  return element("label", { class: "check" }, control, label);
}
