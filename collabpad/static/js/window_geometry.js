/**
 * Moves and resizes a window over the code. Its position is stored as a share of the space around
 * it, so that it stays inside when the page changes size. No DOM.
 *
 * @typedef {{x: number, y: number, width: number, height: number}} Rect
 * @typedef {{width: number, height: number}} Bounds
 * @typedef {{x: -1 | 0 | 1, y: -1 | 0 | 1}} Edges  which sides are dragged: -1 is left or top
 */

const SMALLEST = Object.freeze({ width: 240, height: 180 });

/**
 * @param {number} value
 * @param {number} least
 * @param {number} most
 */
function within(value, least, most) {
  return Math.max(least, Math.min(most, value));
}

/**
 * @param {Rect} rect
 * @param {{x: number, y: number}} by
 * @param {Bounds} bounds
 * @returns {Rect}
 */
export function moved(rect, by, bounds) {
  return {
    ...rect,
    x: within(rect.x + by.x, 0, Math.max(0, bounds.width - rect.width)),
    y: within(rect.y + by.y, 0, Math.max(0, bounds.height - rect.height)),
  };
}

/**
 * @param {Rect} rect
 * @param {Edges} edges
 * @param {{x: number, y: number}} by
 * @param {Bounds} bounds
 * @returns {Rect}
 */
export function resized(rect, edges, by, bounds) {
  const [x, width] = pulled(rect.x, rect.width, edges.x, by.x, bounds.width, SMALLEST.width);
  const [y, height] = pulled(rect.y, rect.height, edges.y, by.y, bounds.height, SMALLEST.height);
  return { x, y, width, height };
}

/**
 * Resizes by the lower right corner; at the border the window moves to make room.
 * @param {Rect} rect
 * @param {{x: number, y: number}} by
 * @param {Bounds} bounds
 * @returns {Rect}
 */
export function grown(rect, by, bounds) {
  const width = pulled(0, rect.width, 1, by.x, bounds.width, SMALLEST.width)[1];
  const height = pulled(0, rect.height, 1, by.y, bounds.height, SMALLEST.height)[1];
  return moved({ ...rect, width, height }, { x: 0, y: 0 }, bounds);
}

/**
 * @param {number} start
 * @param {number} length
 * @param {-1 | 0 | 1} edge
 * @param {number} by
 * @param {number} bound
 * @param {number} least
 * @returns {[start: number, length: number]}
 */
function pulled(start, length, edge, by, bound, least) {
  const smallest = Math.min(least, bound);
  if (edge === 0) return [start, length];
  if (edge === 1) return [start, within(length + by, smallest, Math.max(smallest, bound - start))];
  const end = start + length;
  const pulledLength = within(length - by, smallest, Math.max(smallest, end));
  return [Math.max(0, end - pulledLength), pulledLength];
}

/**
 * @param {Rect} rect
 * @param {Bounds} bounds
 * @returns {{x: number, y: number}} 0 is left or top, 1 is right or bottom
 */
export function shareOf(rect, bounds) {
  const share = (/** @type {number} */ at, /** @type {number} */ room) =>
    room > 0 ? within(at / room, 0, 1) : 1;
  return {
    x: share(rect.x, bounds.width - rect.width),
    y: share(rect.y, bounds.height - rect.height),
  };
}
