import { element, icon } from "./dom.js";
import { Splitter, trackPointer } from "./splitter.js";
import { strings } from "./strings.js";
import { grown, moved, resized, shareOf } from "./window_geometry.js";

/** Distance between the window and the code's borders; the same as in chat.css. */
const MARGIN = 16;
const STEP = 16;
const DOCKED_LEAST = 160;

/** @type {Readonly<Record<string, {x: number, y: number}>>} */
const ARROWS = Object.freeze({
  ArrowLeft: { x: -STEP, y: 0 },
  ArrowRight: { x: STEP, y: 0 },
  ArrowUp: { x: 0, y: -STEP },
  ArrowDown: { x: 0, y: STEP },
});

/** @type {readonly import("./window_geometry.js").Edges[]} corners last: they cover the sides */
const EDGES = Object.freeze([
  { x: -1, y: 0 },
  { x: 1, y: 0 },
  { x: 0, y: -1 },
  { x: 0, y: 1 },
  { x: -1, y: -1 },
  { x: 1, y: -1 },
  { x: -1, y: 1 },
  { x: 1, y: 1 },
]);

/**
 * Places the chat: a window over the code that you can move and resize, or docked below the people.
 */
export class ChatWindow {
  #panels;
  #layout;
  #parts;
  #move = element(
    "button",
    {
      class: "quiet square chat-move",
      type: "button",
      "aria-label": strings.chat.move,
      title: strings.chat.moveHint,
    },
    icon("grip"),
  );
  #dock = element("button", { class: "quiet square chat-dock", type: "button" }, icon("dock"));

  /**
   * @param {import("./panels.js").Panels} panels
   * @param {import("./layout.js").Layout} layout
   * @param {{window: HTMLElement, head: HTMLElement, close: HTMLElement, messages: HTMLElement,
   *   stage: HTMLElement, side: HTMLElement}} parts
   */
  constructor(panels, layout, parts) {
    this.#panels = panels;
    this.#layout = layout;
    this.#parts = parts;
    parts.head.prepend(this.#move);
    parts.close.before(this.#dock);
    parts.window.append(...EDGES.map((edges) => this.#handle(edges)));
    new Splitter({
      panel: parts.window,
      side: "height",
      label: strings.layout.chatHeight,
      limits: () => ({ min: DOCKED_LEAST, max: Math.round(parts.side.clientHeight * 0.8) }),
      resize: (size) => layout.setSizes({ "chat-docked": size }),
      close: () => panels.show("chat", false),
    });
    this.#dock.addEventListener("click", () => {
      panels.chatDocked = !panels.chatDocked;
      this.#dock.focus();
    });
    this.#move.addEventListener("keydown", (event) => this.#key(event));
    parts.head.addEventListener("pointerdown", (event) => this.#drag(event));
    panels.on("change", () => this.#place());
    this.#place();
  }

  #place() {
    const { window, messages, stage, side } = this.#parts;
    const { chatDocked, onPhone } = this.#panels;
    const label = chatDocked ? strings.chat.undock : strings.chat.dock;
    this.#dock.setAttribute("aria-label", label);
    this.#dock.setAttribute("title", label);
    const place = chatDocked || onPhone ? side : stage;
    if (window.parentElement === place) return;
    const focused = document.activeElement;
    const above = messages.scrollHeight - messages.scrollTop;
    place.append(window);
    messages.scrollTop = messages.scrollHeight - above;
    if (focused instanceof HTMLElement && window.contains(focused)) focused.focus();
  }

  /** @returns {{rect: import("./window_geometry.js").Rect, bounds: import("./window_geometry.js").Bounds}} */
  #measure() {
    const stage = this.#parts.stage.getBoundingClientRect();
    const own = this.#parts.window.getBoundingClientRect();
    return {
      rect: {
        x: own.x - stage.x - MARGIN,
        y: own.y - stage.y - MARGIN,
        width: own.width,
        height: own.height,
      },
      bounds: { width: stage.width - 2 * MARGIN, height: stage.height - 2 * MARGIN },
    };
  }

  /**
   * @param {import("./window_geometry.js").Rect} rect
   * @param {import("./window_geometry.js").Bounds} bounds
   */
  #keep(rect, bounds) {
    const share = shareOf(rect, bounds);
    this.#layout.setSizes({
      "chat-x": share.x,
      "chat-y": share.y,
      "chat-width": Math.round(rect.width),
      "chat-height": Math.round(rect.height),
    });
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    const by = ARROWS[event.key];
    if (!by) return;
    event.preventDefault();
    const { rect, bounds } = this.#measure();
    this.#keep((event.shiftKey ? grown : moved)(rect, by, bounds), bounds);
  }

  /** @param {PointerEvent} down */
  #drag(down) {
    const onButton = down.target instanceof Element && down.target.closest("button");
    if (down.button !== 0 || (onButton && onButton !== this.#move)) return;
    if (this.#panels.chatDocked || this.#panels.onPhone) return;
    const { rect, bounds } = this.#measure();
    trackPointer(this.#parts.head, down, (event) => {
      this.#keep(moved(rect, pathOf(down, event), bounds), bounds);
    });
  }

  /** @param {import("./window_geometry.js").Edges} edges */
  #handle(edges) {
    const sides = [["top", "", "bottom"][edges.y + 1], ["left", "", "right"][edges.x + 1]];
    const handle = element("div", { class: `chat-edge ${sides.join(" ")}` });
    handle.addEventListener("pointerdown", (down) => {
      if (down.button !== 0) return;
      const { rect, bounds } = this.#measure();
      trackPointer(handle, down, (event) => {
        this.#keep(resized(rect, edges, pathOf(down, event), bounds), bounds);
      });
    });
    return handle;
  }
}

/**
 * @param {PointerEvent} from
 * @param {PointerEvent} to
 */
function pathOf(from, to) {
  return { x: to.clientX - from.clientX, y: to.clientY - from.clientY };
}
