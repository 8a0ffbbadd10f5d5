/** The eight participant colours. tokens.css has them for light and dark as --p1 to --p8. */

const PALETTE = [
  "#1f5fbf",
  "#a55400",
  "#004300",
  "#961bff",
  "#c90189",
  "#8b003a",
  "#0000b4",
  "#520676",
];

/**
 * The server names a colour of the light theme; the class gives the dark theme's counterpart.
 * @param {string} color
 * @returns {string} `p1` to `p8`
 */
export function colorClass(color) {
  const known = PALETTE.indexOf(color.toLowerCase());
  if (known >= 0) return `p${known + 1}`;
  let hash = 0;
  for (const character of color) hash = (hash * 31 + (character.codePointAt(0) ?? 0)) >>> 0;
  return `p${(hash % PALETTE.length) + 1}`;
}

/**
 * @param {string} name
 * @returns {string} one or two letters for an avatar
 */
export function initials(name) {
  const words = name.split(/\s+/u).filter(Boolean);
  const letters = words.slice(0, 2).map((word) => [...word][0] ?? "");
  return letters.join("").toLocaleUpperCase();
}
