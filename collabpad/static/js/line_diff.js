/**
 * A line diff of two texts: the shortest list of removed and added lines (Myers, "An O(ND)
 * Difference Algorithm", 1986).
 *
 * @typedef {"same" | "removed" | "added"} LineKind
 * @typedef {{kind: LineKind, text: string}} Line
 * @typedef {Line | {kind: "skipped", count: number}} Shown
 */

/** Beyond this many changed lines, all lines count as removed and added. */
const MOST_CHANGES = 1000;

/**
 * @param {string} before
 * @param {string} after
 * @returns {Line[]}
 */
export function diffLines(before, after) {
  const a = before.split("\n");
  const b = after.split("\n");
  const shorter = Math.min(a.length, b.length);
  let start = 0;
  while (start < shorter && a[start] === b[start]) start += 1;
  let end = 0;
  while (end < shorter - start && a[a.length - 1 - end] === b[b.length - 1 - end]) end += 1;
  return [
    ...lines("same", a.slice(0, start)),
    ...diffMiddle(a.slice(start, a.length - end), b.slice(start, b.length - end)),
    ...lines("same", a.slice(a.length - end)),
  ];
}

/**
 * @param {Line[]} diff
 * @param {number} context  lines kept around each change
 * @returns {Shown[]} without long unchanged parts
 */
export function foldSame(diff, context) {
  const near = new Set();
  diff.forEach(({ kind }, at) => {
    if (kind === "same") return;
    for (let line = at - context; line <= at + context; line += 1) near.add(line);
  });
  /** @type {Shown[]} */
  const shown = [];
  diff.forEach((line, at) => {
    const last = shown.at(-1);
    if (near.has(at)) shown.push(line);
    else if (last?.kind === "skipped") last.count += 1;
    else shown.push({ kind: "skipped", count: 1 });
  });
  return shown;
}

/**
 * @param {LineKind} kind
 * @param {string[]} texts
 * @returns {Line[]}
 */
function lines(kind, texts) {
  return texts.map((text) => ({ kind, text }));
}

/**
 * @param {string[]} a
 * @param {string[]} b
 * @returns {Line[]}
 */
function diffMiddle(a, b) {
  const trace = furthestReaches(a, b);
  if (!trace) return [...lines("removed", a), ...lines("added", b)];
  return walkBack(a, b, trace);
}

/**
 * @param {string[]} a
 * @param {string[]} b
 * @returns {Map<number, number>[] | null} by number of changes, how far into `a` each diagonal
 *   reaches; null if there are too many
 */
function furthestReaches(a, b) {
  /** @type {Map<number, number>[]} */
  const trace = [];
  let reach = new Map([[1, 0]]);
  for (let changes = 0; changes <= MOST_CHANGES; changes += 1) {
    trace.push(reach);
    const next = new Map();
    for (let diagonal = -changes; diagonal <= changes; diagonal += 2) {
      let x = firstStep(reach, diagonal, changes);
      while (x < a.length && x - diagonal < b.length && a[x] === b[x - diagonal]) x += 1;
      next.set(diagonal, x);
      if (x >= a.length && x - diagonal >= b.length) return trace;
    }
    reach = next;
  }
  return null;
}

/**
 * @param {Map<number, number>} reach  with one change less
 * @param {number} diagonal
 * @param {number} changes
 * @returns {number} where the diagonal is entered, by an added or a removed line
 */
function firstStep(reach, diagonal, changes) {
  const above = reach.get(diagonal + 1) ?? -1;
  const beside = reach.get(diagonal - 1) ?? -1;
  const putsIn = diagonal === -changes || (diagonal !== changes && beside < above);
  return putsIn ? above : beside + 1;
}

/**
 * @param {string[]} a
 * @param {string[]} b
 * @param {Map<number, number>[]} trace
 * @returns {Line[]}
 */
function walkBack(a, b, trace) {
  /** @type {Line[]} */
  const found = [];
  let x = a.length;
  let y = b.length;
  for (let changes = trace.length - 1; changes >= 0; changes -= 1) {
    const entered = firstStep(trace[changes], x - y, changes);
    while (x > entered && x > 0 && y > 0) {
      x -= 1;
      y -= 1;
      found.push({ kind: "same", text: a[x] });
    }
    if (changes === 0) break;
    const above = trace[changes].get(x - y + 1) ?? -1;
    if (above === x) {
      y -= 1;
      found.push({ kind: "added", text: b[y] });
    } else {
      x -= 1;
      found.push({ kind: "removed", text: a[x] });
    }
  }
  return found.reverse();
}
