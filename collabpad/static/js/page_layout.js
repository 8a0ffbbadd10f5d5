import { ChatWindow } from "./chat_window.js";
import { byId } from "./dom.js";
import { Layout } from "./layout.js";
import { Panels } from "./panels.js";
import { Splitter } from "./splitter.js";
import { strings } from "./strings.js";

const PEOPLE = Object.freeze({ min: 200, max: 640 });
const OUTPUT_LEAST = 96;
/** The least share of the page for the code; the same as in editor.css. */
const CODE_SHARE = 0.3;

/**
 * Sets up the panels around the code, their sizes and their buttons.
 *
 * @param {import("./store.js").Store} store
 * @returns {Panels}
 */
export function arrangePanels(store) {
  const layout = new Layout(store);
  const panels = new Panels(layout);
  split(panels, layout);
  new ChatWindow(panels, layout, {
    window: byId("chat", HTMLElement),
    head: byId("chat-head", HTMLElement),
    close: byId("chat-close", HTMLElement),
    messages: byId("messages", HTMLElement),
    stage: byId("stage", HTMLElement),
    side: byId("side", HTMLElement),
  });
  connectButtons(panels);
  connectSkipLinks(panels);
  return panels;
}

/**
 * @param {Panels} panels
 * @param {Layout} layout
 */
function split(panels, layout) {
  new Splitter({
    panel: byId("side", HTMLElement),
    side: "width",
    label: strings.layout.peopleWidth,
    limits: () => {
      const most = Math.round(document.documentElement.clientWidth * (1 - CODE_SHARE));
      return { min: PEOPLE.min, max: Math.max(PEOPLE.min, Math.min(PEOPLE.max, most)) };
    },
    resize: (size) => layout.setSizes({ "side-width": size }),
    close: () => panels.show("people", false),
  });
  new Splitter({
    panel: byId("output-panel", HTMLElement),
    side: "height",
    label: strings.layout.outputHeight,
    limits: () => {
      const most = Math.round(document.documentElement.clientHeight * (1 - CODE_SHARE) - 80);
      return { min: OUTPUT_LEAST, max: Math.max(OUTPUT_LEAST, most) };
    },
    resize: (size) => {
      panels.show("output", true);
      layout.setSizes({ "output-height": size });
    },
    close: () => panels.toggle("output"),
  });
}

/** @param {Panels} panels */
function connectButtons(panels) {
  const people = byId("people-button", HTMLElement);
  const output = byId("output-button", HTMLElement);
  const fold = byId("output-fold", HTMLElement);
  people.addEventListener("click", () => panels.toggle("people"));
  output.addEventListener("click", () => panels.toggle("output"));
  fold.addEventListener("click", () => panels.toggle("output"));
  byId("people-close", HTMLElement).addEventListener("click", () => {
    panels.show("people", false);
    people.focus();
  });
  const draw = () => {
    people.setAttribute("aria-expanded", String(panels.shown("people")));
    for (const button of [output, fold]) {
      button.setAttribute("aria-expanded", String(panels.shown("output")));
    }
    const news = panels.hasNews("output");
    output.classList.toggle("has-news", news);
    output.setAttribute("aria-label", news ? strings.layout.outputNews : strings.layout.output);
  };
  panels.on("change", draw);
  draw();
}

/** Skip links open the panel that they lead to. @param {Panels} panels */
function connectSkipLinks(panels) {
  for (const name of /** @type {const} */ (["people", "chat", "output"])) {
    byId(`skip-${name}`, HTMLElement).addEventListener("click", (event) => {
      event.preventDefault();
      panels.show(name, true);
      const target = name === "chat" ? "chat-input" : name;
      byId(target, HTMLElement).focus();
    });
  }
}
