import { guardCompositions } from "./keyboard_guards.js";
import { byId, formatTime, element, icon } from "./dom.js";
import { requestJson, HttpFailure } from "./http.js";
import { destination, hostKeyIn, openAsHost } from "./links.js";
import { Store } from "./store.js";
import { strings } from "./strings.js";

/** The start page: create a session, join one, or return to one. */

guardCompositions(window);
const store = new Store();
const basePath = document.querySelector("meta[name=base-path]")?.getAttribute("content") ?? "";
const problem = byId("problem", HTMLElement);

/** @param {string} text */
function complain(text) {
  problem.textContent = text;
  problem.hidden = text === "";
}

/** @param {HTMLButtonElement} button */
async function createSession(button) {
  complain("");
  button.disabled = true;
  try {
    const made = await requestJson(`${basePath}/create_session`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ example: true }),
    });
    openAsHost(store, basePath, made);
  } catch (error) {
    complain(error instanceof HttpFailure ? error.message : strings.connection.noAnswer);
  } finally {
    button.disabled = false;
  }
}

/** @param {SubmitEvent} event */
function join(event) {
  event.preventDefault();
  const input = byId("join-input", HTMLInputElement);
  const url = destination(input.value, { origin: location.origin, basePath });
  complain(url ? "" : strings.home.noLink);
  if (url) location.assign(url);
  else input.focus();
}

function showVisits() {
  const listed = new Set(
    [...document.querySelectorAll("[data-session]")].map((row) => row.getAttribute("data-session")),
  );
  const visits = store.visits().filter(({ id }) => !listed.has(id));
  byId("visited", HTMLElement).hidden = visits.length === 0;
  byId("visited-list", HTMLElement).replaceChildren(...visits.map(visitRow));
}

/** @param {import("./store.js").Visit} visit */
function visitRow({ id, title, at, view }) {
  const facts = [formatTime(at)];
  if (view) facts.push(strings.home.viewOnly);
  const href = `${basePath}/editor/${encodeURIComponent(id)}`;
  const text = element(
    "span",
    { class: "visit-text" },
    element("a", { class: "visit-title", href, text: title, dir: "auto" }),
    element("span", { class: "muted small", text: facts.join(" · ") }),
  );
  const open = element("a", {
    class: "button",
    href,
    text: strings.home.openShort,
    "aria-label": strings.home.open(title),
  });
  const label = strings.home.forget(title);
  const forget = element(
    "button",
    { type: "button", class: "quiet square", "aria-label": label, title: label },
    icon("close"),
  );
  forget.addEventListener("click", () => {
    store.forgetVisit(id);
    showVisits();
  });
  return element("li", {}, text, open, forget);
}

const newSession = document.getElementById("new-session");
if (newSession instanceof HTMLButtonElement) {
  newSession.addEventListener("click", () => void createSession(newSession));
}
byId("join-form", HTMLFormElement).addEventListener("submit", join);
// The operator's link to an ended session leads here, with its host key.
if (hostKeyIn(location.hash) !== null) history.replaceState(null, "", location.pathname);
showVisits();
// The browser may restore this page from its cache, as it was before the last session.
window.addEventListener("pageshow", showVisits);
