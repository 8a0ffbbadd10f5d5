/**
 * Keys as CodeMirror writes them (`Mod-Shift-p`; Mod is Ctrl, on a Mac Cmd): how they are read
 * from an event, and how people write them.
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
  // The key may be the minus itself.
  const name = parts.pop() || "-";
  const modifiers = parts.filter((part) => part !== "");
  // CodeMirror may write `Alt-A` for Shift-Alt-a.
  if (/^[A-Z]$/.test(name) && !modifiers.includes("Shift")) modifiers.push("Shift");
  return { name, modifiers };
}

/**
 * @param {string} key
 * @param {boolean} [mac]
 * @returns {string} as people read it: `Ctrl-Shift-P`, or `⌘⇧P`; a space between chords
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
 * @typedef {{key: string, mac?: string}} Shortcut  `mac` where a Mac has another one
 *
 * @param {Shortcut} shortcut
 * @param {boolean} [onMac]
 * @returns {string} the key of this machine
 */
export function keyHere({ key, mac }, onMac = IS_MAC) {
  return onMac ? (mac ?? key) : key;
}

/** What Ctrl-M alone is on a Mac, the editor's own keys have taken. */
export const TAB_MODE = Object.freeze({ key: "Ctrl-m", mac: "Ctrl-Shift-m" });

/**
 * A shortcut on such a key would keep people from writing: on a Mac Option types characters (ż, Ω,
 * @), and so does AltGr, which Windows reports as Ctrl and Alt.
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

/** @type {Readonly<Record<string, string>>} `KeyboardEvent.code` of signs, where US keyboards have them */
const PLACES = Object.freeze({ ",": "Comma", ".": "Period", "/": "Slash", "\\": "Backslash" });

/**
 * Under a Cyrillic, Greek or Hebrew layout the keys type no Latin letters: there a shortcut goes by
 * the place of the key. Every Latin layout has the letters themselves, wherever they are.
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
 * @returns {boolean} whether it was pressed, and nothing more
 */
export function isKey(event, key, mac = IS_MAC) {
  const { name, modifiers } = parse(key);
  const wanted = new Set(modifiers.map((each) => (each === "Mod" ? (mac ? "Cmd" : "Ctrl") : each)));
  if (event.key.toLowerCase() !== name.toLowerCase() && !isPlaceOf(event, name)) return false;
  // What takes Shift to type differs by the keyboard's layout.
  const shiftMatters = !/^[^\p{L}\p{N}]$/u.test(name);
  return (
    wanted.has("Ctrl") === event.ctrlKey &&
    wanted.has("Cmd") === event.metaKey &&
    wanted.has("Alt") === event.altKey &&
    (!shiftMatters || wanted.has("Shift") === event.shiftKey)
  );
}
