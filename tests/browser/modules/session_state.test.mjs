import assert from "node:assert/strict";
import { test } from "node:test";
import { penText } from "../../../collabpad/static/js/pen.js";
import { leaveConfirmation } from "../../../collabpad/static/js/leave_session.js";
import { statusText } from "../../../collabpad/static/js/participants.js";
import { SessionState } from "../../../collabpad/static/js/session_state.js";

const session = {
    write_mode: "handoff",
    run_policy: "writers",
    language: "python",
    languages: [
            { id: "python", title: "Python", runnable: true },
            { id: "text", title: "Plain text", runnable: false },
        ],
    sandbox: { name: "bubblewrap", isolated: true },
};

function person(id, more = {}) {
    return {
        id,
        name: id[0].toUpperCase() + id.slice(1),
        color: "#1f5fbf",
        role: "participant",
        can_write: false,
        online: true,
        joined_at: `2026-01-01T00:00:0${id.length}Z`,
        wants_write: null,
        holds_key: false,
        can_take_over: more.role !== "viewer",
        ...more,
    };
}

const ASKING = ["request_write", "skip_own_turn", "stop_own_run", "feed_own_run", "invite"];
const HOSTING = ["grant_write", "revoke_write", "remove", "run", "stop_any_run", "transfer_host"];
/** What the server would say, as far as it matters here. */
const MAY = {
    ann: [...ASKING, ...HOSTING, "feed_any_run", "skip_any_turn", "remove_key_holder"],
    bob: [...ASKING, "write", "release_write", "grant_write", "run", "feed_any_run"],
    chloe: [],
    dev: ASKING,
};

/** Ann is the host, Bob has the pen, Chloe watches, Dev asks. */
function seenBy(me, changed = {}) {
    const state = new SessionState();
    const may = MAY[me];
    state.joined({ participant_id: me, session: { ...session, may, ...changed } });
    const open = changed.write_mode === "open";
    const people = [
        person("ann", { role: "host", can_write: open }),
        person("bob", { can_write: true }),
        person("chloe", { role: "viewer" }),
        person("dev", { wants_write: open ? null : "2026-01-01T00:01:00Z", can_write: open }),
    ];
    state.updateRoster({
        participants: Object.fromEntries(people.map((each) => [each.id, each])),
        host_id: "ann",
        writer_id: open ? null : "bob",
        writer_ids: ["bob"],
    });
    return state;
}

test("the pen says who has it, to each", () => {
    assert.equal(penText(seenBy("ann")), "Bob has the pen");
    assert.equal(penText(seenBy("bob")), "You have the pen");
    const writes = { write_mode: "open", may: ["request_write", "write"] };
    assert.equal(penText(seenBy("dev", writes)), "Everybody can write");
    assert.equal(penText(seenBy("chloe", { write_mode: "open" })), "You are watching");
});

test("requests reach the host and the pen's holder alone", () => {
    const asked = (me) => seenBy(me).requests.map((each) => each.id);
    assert.deepEqual(asked("ann"), ["dev"]);
    assert.deepEqual(asked("bob"), ["dev"]);
    assert.deepEqual(asked("dev"), []);
    assert.deepEqual(asked("chloe"), []);
});

test("who may ask: neither host, holder, viewer nor who has asked", () => {
    const may = ["ann", "bob", "chloe", "dev"].map((me) => seenBy(me).mayAsk);
    assert.deepEqual(may, [false, false, false, false]);
    const state = seenBy("dev");
    const { participants } = rosterOf(state);
    state.updateRoster({
        participants: { ...participants, dev: person("dev") },
        host_id: "ann",
        writer_id: "bob",
        writer_ids: ["bob"],
    });
    assert.equal(state.mayAsk, true);
});

function rosterOf(state) {
    return { participants: Object.fromEntries(state.people.map((each) => [each.id, each])) };
}

test("the pen goes to people who are here and no viewers", () => {
    const state = seenBy("ann");
    const may = state.people.filter((each) => state.mayGivePenTo(each)).map((each) => each.id);
    assert.deepEqual(may.sort(), ["ann", "dev"]);
});

test("running: policy, viewers, language and sandbox each stand in the way", () => {
    assert.equal(seenBy("bob").runObstacle, null);
    assert.equal(seenBy("ann").runObstacle, null);
    assert.equal(seenBy("dev").runObstacle, "writers");
    assert.equal(seenBy("dev", { run_policy: "everyone", may: ["run"] }).runObstacle, null);
    assert.equal(seenBy("chloe", { run_policy: "everyone" }).runObstacle, "viewer");
    assert.equal(seenBy("bob", { run_policy: "host", may: ["write"] }).runObstacle, "host");
    assert.equal(seenBy("bob", { run_policy: "off", may: ["write"] }).runObstacle, "off");
    assert.equal(seenBy("chloe", { run_policy: "off" }).runObstacle, "off");
    assert.equal(seenBy("bob", { language: "text" }).runObstacle, "language");
    assert.equal(seenBy("bob", { sandbox: { name: "off", isolated: false } }).runObstacle, "off");
});

test("a person's standing is said in a few words", () => {
    const state = seenBy("ann");
    const said = state.people.map((each) => statusText(state, each));
    assert.deepEqual(said, ["host", "has the pen", "asks for the pen", "viewing"]);
});

test("who leaves is told who gets what they had", () => {
    const told = (state, hasKey = false) => leaveConfirmation(state, hasKey).text;
    const back = "You can come back with the link, as somebody new.";
    assert.equal(told(seenBy("dev")), `The others carry on without you. ${back}`);
    assert.equal(told(seenBy("bob")), `The pen goes to Ann. ${back}`);
    assert.equal(
        told(seenBy("ann"), true),
        "Bob becomes the host. You can come back with the host link, and will be the host again.",
    );
    const state = seenBy("ann");
    const { participants } = rosterOf(state);
    const roster = { participants, host_id: "ann", writer_id: "ann", writer_ids: ["ann"] };
    state.updateRoster(roster);
    assert.equal(told(state), `Bob becomes the host and gets the pen. ${back}`);
    const away = (each) => [each.id, { ...each, online: each.id === "ann" }];
    roster.participants = Object.fromEntries(Object.values(participants).map(away));
    state.updateRoster(roster);
    assert.equal(
        told(state),
        `Nobody else is here. The session stays open to anyone with its link. ${back}`,
    );
});

test("the pen of who leaves while no host is there goes to whoever asks, or to nobody", () => {
    const state = seenBy("bob");
    const { participants } = rosterOf(state);
    const roster = { participants, host_id: null, writer_id: "bob", writer_ids: ["bob"] };
    state.updateRoster(roster);
    assert.match(leaveConfirmation(state, false).text, /^The pen goes to Dev\./);
    roster.participants = { ...participants, dev: person("dev") };
    state.updateRoster(roster);
    assert.match(leaveConfirmation(state, false).text, /^Then nobody has the pen/);
});

test("who holds the host link is removed by those alone who may remove even them", () => {
    const key = person("bob", { holds_key: true });
    for (const more of [[], ["remove_key_holder"]]) {
        const state = seenBy("ann", { may: ["remove", ...more] });
        assert.equal(state.mayRemove(key), more.length > 0);
        assert.equal(state.mayRemove(person("dev")), true);
        assert.equal(state.mayRemove(person("ann")), false);
    }
});

test("nothing is offered that the server does not list", () => {
    const dev = person("dev");
    for (const write_mode of ["handoff", "open"]) {
        const state = seenBy("ann", { may: [], write_mode });
        const run = { participant_id: "ann" };
        const offered = [
            state.mayAsk,
            state.mayGather,
            state.requests.length > 0,
            state.runObstacle === null,
            state.mayStop(run),
            state.mayFeed(run),
            ...["mayGivePenTo", "mayRemove", "mayMute", "mayMakeHost", "maySkip"].map((may) =>
                state[may](dev),
            ),
        ];
        assert.ok(!offered.includes(true), offered.join());
    }
});

test("runs and turns of one's own and of others are told apart", () => {
    const state = seenBy("dev");
    const [mine, theirs] = ["dev", "ann"].map((participant_id) => ({ participant_id }));
    assert.deepEqual([state.mayStop(mine), state.mayStop(theirs)], [true, false]);
    assert.deepEqual([state.mayFeed(mine), state.mayFeed(theirs)], [true, false]);
    assert.deepEqual([state.maySkip(person("dev")), state.maySkip(person("ann"))], [true, false]);
    assert.equal(seenBy("ann").mayStop(mine), true);
});

test("what one may do is shown together with what it follows from", () => {
    const state = seenBy("dev");
    let changes = 0;
    state.on("change", () => (changes += 1));
    state.updateSession({ may: ["write"] });
    assert.equal(changes, 0);
    assert.equal(state.may("write"), true);
    state.updateSession({ run_policy: "everyone" });
    assert.equal(changes, 1);
});
