/** Makes and reads the links of a session. */

/** What an ID looks like: at least 96 random bits in URL-safe base64. */
const ID = /^[A-Za-z0-9_-]{12,128}$/;
const HOST_KEY = /^#host=([A-Za-z0-9_-]{12,256})$/;
/** The fragment of a page that joins as somebody else. */
const SEPARATE = "#as-somebody-else";

/**
 * @param {string} origin
 * @param {string} basePath
 * @param {string} id
 * @returns {string}
 */
export function editorLink(origin, basePath, id) {
  return `${origin}${basePath}/editor/${encodeURIComponent(id)}`;
}

/**
 * @param {string} joinLink
 * @param {string} hostKey
 * @returns {string} the key is in the fragment, which browsers never send
 */
export function hostLink(joinLink, hostKey) {
  return `${joinLink}#host=${hostKey}`;
}

/**
 * Opens a new session as its host.
 * @param {import("./store.js").Store} store
 * @param {string} basePath
 * @param {{session_id: string, host_key: string}} made
 */
export function openAsHost(store, basePath, { session_id: id, host_key: hostKey }) {
  // On this page's origin, which stores the host key; `editor_url` may name the LAN's.
  const link = editorLink(location.origin, basePath, id);
  const kept = store.keepHostKey(id, hostKey);
  location.assign(kept ? link : hostLink(link, hostKey));
}

/**
 * @param {string} fragment  of the page's address, with `#`
 * @returns {string | null}
 */
export function hostKeyIn(fragment) {
  return HOST_KEY.exec(fragment)?.[1] ?? null;
}

/**
 * @param {string} typed  a session ID, a view ID or a link to an editor page, of any server
 * @param {{origin: string, basePath: string}} here
 * @returns {string | null} where to go; null if it is neither
 */
export function destination(typed, { origin, basePath }) {
  const text = typed.trim();
  if (ID.test(text)) return editorLink(origin, basePath, text);
  const url = parseUrl(text) ?? parseUrl(`http://${text}`);
  if (!url || !/^https?:$/.test(url.protocol)) return null;
  const id = /\/editor\/([^/]+)\/?$/.exec(url.pathname)?.[1];
  return id !== undefined && ID.test(id) ? url.href : null;
}

/**
 * @param {string} text
 * @returns {URL | null}
 */
function parseUrl(text) {
  try {
    return new URL(text);
  } catch {
    return null;
  }
}

/**
 * The page was opened to join as somebody else. The mark leaves the address bar.
 * @param {import("./identity.js").Identity} identity
 */
export function takeSeparateMark(identity) {
  if (location.hash !== SEPARATE) return;
  identity.becomeSeparate();
  dropFragment();
}

/**
 * @param {import("./identity.js").Identity} identity
 * @returns {boolean} whether the address was the host link; the key has left the address bar then
 */
export function takeHostKey(identity) {
  const hostKey = hostKeyIn(location.hash);
  if (hostKey === null) return false;
  // Without storage the key stays in the address: a reload would lose it otherwise.
  if (identity.keepHostKey(hostKey)) dropFragment();
  return true;
}

function dropFragment() {
  history.replaceState(null, "", location.pathname + location.search);
}
