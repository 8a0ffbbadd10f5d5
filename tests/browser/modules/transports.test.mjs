import assert from "node:assert/strict";
import { mock, test } from "node:test";
import { SILENCE_MS, SilenceDetector, Transports } from "../../../collabpad/static/js/transports.js";
import { memoryStorage } from "./memory_storage.mjs";

const MINUTE = 60_000;

function visit() {
  const clock = { now: 1_000_000 };
  const memory = memoryStorage();
  return { clock, load: () => new Transports(memory, () => clock.now) };
}

const BOTH = ["websocket", "polling"];
const POLLING = ["polling"];

test("WebSockets go first, and polling goes where one does not open", () => {
  const page = visit().load();
  assert.deepEqual(page.order, BOTH);
  page.openTimedOut();
  assert.deepEqual(page.order, POLLING);
});

test("where polling gets no further, it was not for the WebSocket", () => {
  const page = visit().load();
  page.openTimedOut();
  page.failed();
  assert.deepEqual(page.order, BOTH);
});

test("what worked is remembered over a reload, and for a while", () => {
  const { clock, load } = visit();
  const page = load();
  page.openTimedOut();
  page.worked("polling");
  assert.deepEqual(page.order, POLLING);
  assert.deepEqual(load().order, POLLING);
  clock.now += 14 * MINUTE;
  assert.deepEqual(load().order, POLLING);
  clock.now += 2 * MINUTE;
  assert.deepEqual(page.order, BOTH);
  assert.deepEqual(load().order, BOTH);
});

test("polling because WebSockets fail aloud needs no memory", () => {
  const { load } = visit();
  load().worked("polling");
  assert.deepEqual(load().order, BOTH);
});

test("a WebSocket that works is remembered too", () => {
  const { load } = visit();
  const page = load();
  page.openTimedOut();
  page.worked("polling");
  page.worked("websocket");
  assert.deepEqual(load().order, BOTH);
});

test("one silence may be the network's, a second soon after is not", () => {
  const { clock, load } = visit();
  const page = load();
  page.wentSilent();
  assert.deepEqual(page.order, BOTH);
  clock.now += 20 * MINUTE;
  page.wentSilent();
  assert.deepEqual(page.order, BOTH);
  clock.now += MINUTE;
  page.wentSilent();
  assert.deepEqual(page.order, POLLING);
});

test("silence is only where an answer is due, and nothing at all comes", (t) => {
  mock.timers.enable({ apis: ["setTimeout", "Date"] });
  t.after(() => mock.timers.reset());
  let silences = 0;
  let sending = false;
  const silence = new SilenceDetector(
    () => sending,
    () => (silences += 1),
  );
  mock.timers.tick(10 * SILENCE_MS);
  silence.expect();
  mock.timers.tick(SILENCE_MS - 1);
  silence.heard();
  mock.timers.tick(10 * SILENCE_MS);
  assert.equal(silences, 0, "it was heard of, and nothing more is due");
  silence.expect();
  mock.timers.tick(SILENCE_MS / 2);
  silence.expect();
  mock.timers.tick(SILENCE_MS / 2);
  assert.equal(silences, 1, "from the first that is due");
  sending = true;
  silence.expect();
  mock.timers.tick(5 * SILENCE_MS);
  assert.equal(silences, 1, "a slow upload takes its time");
  sending = false;
  mock.timers.tick(SILENCE_MS);
  assert.equal(silences, 2);
});

test("a timer that stood still with the machine concludes nothing", (t) => {
  mock.timers.enable({ apis: ["setTimeout"] });
  const start = Date.now();
  let asleep = 0;
  const clock = mock.method(Date, "now", () => start + asleep);
  t.after(() => {
    mock.timers.reset();
    clock.mock.restore();
  });
  let silences = 0;
  const silence = new SilenceDetector(
    () => false,
    () => (silences += 1),
  );
  silence.expect();
  asleep = 3_600_000;
  mock.timers.tick(SILENCE_MS);
  assert.equal(silences, 0);
  mock.timers.tick(SILENCE_MS);
  assert.equal(silences, 1);
});
