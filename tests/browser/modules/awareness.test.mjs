import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { Activity, IDLE_MS } from "../../../collabpad/static/js/activity.js";
import {
    EditAnnouncer,
    EVERY_MS,
    firstChange,
    QUIET_MS,
} from "../../../collabpad/static/js/edit_announcer.js";
import {
    minutesText,
    sinceText,
    RotationTimer,
    rotationText,
} from "../../../collabpad/static/js/rotation.js";
import { SessionState } from "../../../collabpad/static/js/session_state.js";
import { inRotationOrder, moved } from "../../../collabpad/static/js/rotation_order.js";

beforeEach((context) => context.mock.timers.enable({ apis: ["setTimeout", "Date"] }));

function person(id, more = {}) {
    return { id, name: id.toUpperCase(), role: "participant", online: true, ...more };
}

function seenByAnn(session, ...people) {
    const state = new SessionState();
    state.joined({ participant_id: "ann", session: { write_mode: "handoff", ...session } });
    roster(state, person("ann", { can_write: true }), ...people);
    return state;
}

function roster(state, ...people) {
    state.updateRoster({
        participants: Object.fromEntries(people.map((each) => [each.id, each])),
        host_id: "ann",
        writer_id: "ann",
        writer_ids: ["ann"],
    });
}

test("who does nothing for a minute is idle, and active again at the first sign", (context) => {
    const told = [];
    const activity = new Activity((state) => told.push(state));
    activity.joined = true;
    context.mock.timers.tick(IDLE_MS - 1);
    activity.touched();
    context.mock.timers.tick(IDLE_MS - 1);
    assert.deepEqual(told, [], "the minute begins anew");
    context.mock.timers.tick(1);
    activity.touched();
    activity.touched();
    assert.deepEqual(told, ["idle", "active"]);
});

test("who looks at something else is away, however long, and then active", (context) => {
    const told = [];
    const activity = new Activity((state) => told.push(state));
    activity.joined = true;
    activity.hidden = true;
    context.mock.timers.tick(3 * IDLE_MS);
    activity.hidden = false;
    assert.deepEqual(told, ["away", "active"]);
    context.mock.timers.tick(IDLE_MS);
    assert.equal(told.at(-1), "idle");
});

test("nothing is told while offline; a new connection learns what it cannot know", (context) => {
    const told = [];
    const activity = new Activity((state) => told.push(state));
    activity.joined = true;
    activity.hidden = true;
    activity.joined = false;
    activity.hidden = false;
    activity.joined = true;
    assert.deepEqual(told, ["away"], "who comes back is active to the others");
    activity.joined = false;
    context.mock.timers.tick(IDLE_MS);
    activity.joined = true;
    assert.deepEqual(told, ["away", "idle"]);
});

test("what somebody does is known while they are here", () => {
    const state = seenByAnn({}, person("bob"));
    const bob = () => state.activityOf(state.person("bob"));
    assert.equal(bob(), "active");
    state.setActivity({ participant_id: "bob", state: "idle" });
    assert.equal(bob(), "idle");
    roster(state, person("ann"), person("bob", { online: false }));
    assert.equal(bob(), "offline");
    roster(state, person("ann"), person("bob"));
    assert.equal(bob(), "active");
});

test("a turn is counted down from what the server said of it", () => {
    const clock = new RotationTimer();
    const rotation = { minutes: 5, next_id: "bob", remaining: 200, paused: false };
    assert.equal(clock.set(rotation, 1000), true);
    assert.equal(clock.set(rotation, 51_000), false, "no news");
    assert.equal(clock.left(51_000), 150_000);
    assert.equal(clock.left(999_000), 0);
    clock.set({ ...rotation, remaining: 90, paused: true }, 60_000);
    assert.equal(clock.runs, false);
    assert.equal(clock.left(99_000), 90_000);
    clock.set(null, 0);
    assert.equal(clock.runs, false);
    assert.deepEqual([200_000, 59_001, 1, 0].map(minutesText), ["3:20", "1:00", "0:01", "0:00"]);
});

test("the next turn is named, to each", () => {
    const rotation = { minutes: 5, next_id: "bob", remaining: 200, paused: false };
    const seen = (more) => rotationText(seenByAnn({ rotation: more }, person("bob")), 200_000);
    assert.equal(seen(rotation), "next: BOB in 3:20");
    assert.equal(seen({ ...rotation, next_id: "ann" }), "next: you in 3:20");
    assert.equal(seen({ ...rotation, paused: true }), "turn paused at 3:20");
    assert.equal(seen({ ...rotation, next_id: null }), "turns start when somebody else joins");
    assert.equal(seen(null), "");
});

test("since when the pen is where it is: the time, and the day if that was not today", () => {
    const since = "2026-11-20T09:05:00Z";
    const state = seenByAnn({ pen_since: since });
    const time = new Date(since).toLocaleTimeString([], { timeStyle: "short" });
    assert.equal(sinceText(state, Date.parse(since) + 60_000), `since ${time}`);
    assert.match(sinceText(state, Date.parse(since) + 2 * 86_400_000), /^since .*20.*, /);
    assert.equal(sinceText(seenByAnn({ pen_since: null }), 0), "");
});

test("where others edit is said rarely, not twice the same, and not while one types", (context) => {
    const said = [];
    const news = new EditAnnouncer(
        (text) => said.push(text),
        (index) => `Bob edits line ${index}.`,
    );
    const { timers } = context.mock;
    news.edited(1);
    news.edited(2);
    timers.tick(1000);
    assert.deepEqual(said, ["Bob edits line 2."]);
    news.edited(3);
    timers.tick(EVERY_MS / 2);
    news.edited(4);
    assert.equal(said.length, 1);
    timers.tick(EVERY_MS / 2);
    assert.deepEqual(said.slice(1), ["Bob edits line 4."]);
    timers.tick(EVERY_MS);
    news.edited(4);
    timers.tick(EVERY_MS);
    assert.equal(said.length, 2, "that is known");
    news.typed();
    news.edited(9);
    timers.tick(QUIET_MS - 1);
    assert.equal(said.length, 2);
});

test("where a change of the text begins", () => {
    assert.equal(firstChange([{ retain: 7 }, { insert: "x" }]), 7);
    assert.equal(firstChange([{ insert: "x" }, { retain: 7 }]), 0);
    assert.equal(firstChange([]), 0);
});

test("turns go by the chosen order, and then as people joined", () => {
    const joined = (id, second, can_take_over = true) => ({
        id,
        can_take_over,
        joined_at: `2026-11-20T09:05:0${second}Z`,
    });
    const people = [joined("d", 4), joined("b", 2), joined("v", 3, false), joined("a", 1)];
    const ids = (order) => inRotationOrder(people, order).map(({ id }) => id);
    assert.deepEqual(ids([]), ["a", "b", "d"]);
    assert.deepEqual(ids(["d", "gone", "b"]), ["d", "b", "a"]);
});

test("one thing of a list is moved", () => {
    assert.deepEqual(moved(["a", "b", "c"], 0, 2), ["b", "c", "a"]);
    assert.deepEqual(moved(["a", "b", "c"], 2, 0), ["c", "a", "b"]);
    assert.deepEqual(moved(["a", "b", "c"], 1, 1), ["a", "b", "c"]);
});
