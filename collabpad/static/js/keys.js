/**
 * Keys in CodeMirror's notation (`Mod-Shift-p`; Mod is Ctrl, on a Mac Cmd): matching events and
 * showing them to people.
 */

export const IS_MAC =
  typeof navigator !== "undefined" && /Mac|iP(hone|ad)/.test(navigator.platform);

/** @type {Readonly<Record<string, string>>} */
const NAMES = Object.freeze({
  ArrowUp: "↑",
  ArrowDown: "↓",
  ArrowLeft: "←",
  ArrowRight: "→",
});
/** @type {Readonly<Record<string, string>>} */
const MAC_NAMES = Object.freeze({ Ctrl: "⌃", Alt: "⌥", Shift: "⇧", Mod: "⌘", Cmd: "⌘" });
const ORDER = Object.freeze(["Mod", "Ctrl", "Shift", "Alt"]);

/**
 * @typedef {Pick<KeyboardEvent, "key" | "code" | "ctrlKey" | "metaKey" | "altKey" | "shiftKey">} Pressed
 */

/**
 * @param {string} key
 * @returns {{name: string, modifiers: string[]}}
 */
function parse(key) {
  const parts = key.split("-");
  // The key may be the minus sign.
  const name = parts.pop() || "-";
  const modifiers = parts.filter((part) => part !== "");
  // CodeMirror may write `Alt-A` for Shift-Alt-a.
  if (/^[A-Z]$/.test(name) && !modifiers.includes("Shift")) modifiers.push("Shift");
  return { name, modifiers };
}

/**
 * @param {string} key
 * @param {boolean} [mac]
 * @returns {string} for people: `Ctrl-Shift-P`, or `⌘⇧P`; chords are separated by spaces
 */
export function keyText(key, mac = IS_MAC) {
  const chords = key.split(" ").map((chord) => {
    const { name, modifiers } = parse(chord);
    const shown = NAMES[name] ?? (name.length === 1 ? name.toUpperCase() : name);
    const order = mac ? Object.keys(MAC_NAMES) : ORDER;
    modifiers.sort((a, b) => order.indexOf(a) - order.indexOf(b));
    if (mac) return modifiers.map((modifier) => MAC_NAMES[modifier]).join("") + shown;
    return [...modifiers.map((each) => (each === "Mod" ? "Ctrl" : each)), shown].join("-");
  });
  return chords.join(" ");
}

/**
 * @typedef {{key: string, mac?: string}} Shortcut  `mac` if a Mac has another one
 *
 * @param {Shortcut} shortcut
 * @param {boolean} [onMac]
 * @returns {string} the key on this machine
 */
export function keyHere({ key, mac }, onMac = IS_MAC) {
  return onMac ? (mac ?? key) : key;
}

/** On a Mac the editor uses Ctrl-M for something else. */
export const TAB_MODE = Object.freeze({ key: "Ctrl-m", mac: "Ctrl-Shift-m" });

/**
 * Such keys must not be shortcuts: on a Mac Option types characters (ż, Ω, @), and so does AltGr,
 * which Windows reports as Ctrl and Alt.
 * @param {string} key
 * @param {boolean} mac
 */
export function typesText(key, mac) {
  return key.split(" ").some((chord) => {
    const { name, modifiers } = parse(chord);
    const has = (/** @type {string} */ modifier) => modifiers.includes(modifier);
    if (name.length !== 1 || !has("Alt")) return false;
    if (mac) return !has("Cmd") && !has("Ctrl") && !has("Mod") && !has("Meta");
    return (has("Ctrl") || has("Mod")) && !/^[A-Za-z0-9]$/.test(name);
  });
}

/** @type {Readonly<Record<string, string>>} `KeyboardEvent.code` of signs on a US keyboard */
const PLACES = Object.freeze({ ",": "Comma", ".": "Period", "/": "Slash", "\\": "Backslash" });

/**
 * Cyrillic, Greek and Hebrew layouts type no Latin letters, so shortcuts go by the position of the
 * key there. Latin layouts have the letters themselves, wherever they are.
 * @param {Pressed} event
 * @param {string} name  of a key
 */
function isPlaceOf(event, name) {
  const modified = event.ctrlKey || event.metaKey || event.altKey;
  if (!modified || !/^[^\x00-\x7f]$/u.test(event.key)) return false;
  const code = /^[a-z]$/i.test(name) ? `Key${name.toUpperCase()}` : PLACES[name];
  return event.code === code;
}

/**
 * @param {Pressed} event
 * @param {string} key
 * @param {boolean} [mac]
 * @returns {boolean} whether exactly this key was pressed
 */
export function isKey(event, key, mac = IS_MAC) {
  const { name, modifiers } = parse(key);
  const wanted = new Set(modifiers.map((each) => (each === "Mod" ? (mac ? "Cmd" : "Ctrl") : each)));
  if (event.key.toLowerCase() !== name.toLowerCase() && !isPlaceOf(event, name)) return false;
  // Which signs need Shift depends on the keyboard layout.
  const shiftMatters = !/^[^\p{L}\p{N}]$/u.test(name);
  return (
    wanted.has("Ctrl") === event.ctrlKey &&
    wanted.has("Cmd") === event.metaKey &&
    wanted.has("Alt") === event.altKey &&
    (!shiftMatters || wanted.has("Shift") === event.shiftKey)
  );
}
