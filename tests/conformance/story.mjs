// One story, told by a released socket.io-client: node story.mjs PACKAGE URL TRANSPORT SESSION KEY
// TRANSPORT is polling, websocket or upgrade. Prints a line of JSON a step: [step, error or null].
import { createRequire } from "node:module";
import path from "node:path";
import process from "node:process";

const [folder, url, transport, sessionId, hostKey] = process.argv.slice(2);
const library = createRequire(path.join(folder, "package.json"))(folder);
const io = library.io ?? library;
const PATIENCE = 15_000;

function within(promise, what) {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`${what} did not come`)), PATIENCE);
    promise.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}

function person() {
  const transports = transport === "upgrade" ? ["polling", "websocket"] : [transport];
  const socket = io(url, { transports, forceNew: true, reconnectionDelay: 50 });
  const heard = [];
  const waiting = new Set();
  const look = () => [...waiting].forEach((each) => each());
  for (const event of ["code_update", "chat_message", "participants_update"]) {
    socket.on(event, (payload) => {
      heard.push([event, payload]);
      look();
    });
  }
  return {
    socket,
    /** The first such event, past or to come. */
    hears(event, where) {
      const found = new Promise((resolve) => {
        const check = () => {
          const match = heard.find(([name, payload]) => name === event && where(payload));
          if (match !== undefined) {
            waiting.delete(check);
            resolve(match[1]);
          }
        };
        waiting.add(check);
        check();
      });
      return within(found, event);
    },
    call(event, payload) {
      const answer = new Promise((resolve) =>
        socket.emit(event, { session_id: sessionId, ...payload }, resolve),
      );
      return within(answer, `the acknowledgement of ${event}`);
    },
    connected() {
      const there = new Promise((resolve) =>
        socket.connected ? resolve() : socket.once("connect", resolve),
      );
      return within(there, "connect");
    },
  };
}

function check(holds, what) {
  if (!holds) throw new Error(what);
}

const [ann, bob] = [person(), person()];
let joined;

const STEPS = {
  async connect() {
    await Promise.all([ann.connected(), bob.connected()]);
    const { engine } = ann.socket.io;
    if (transport === "upgrade" && engine.transport.name !== "websocket") {
      await within(new Promise((resolve) => engine.once("upgrade", resolve)), "upgrade");
    }
    const wanted = transport === "polling" ? "polling" : "websocket";
    check(engine.transport.name === wanted, `it is on ${engine.transport.name}`);
  },
  async join() {
    joined = await ann.call("join_session", { name: "Ann", host_key: hostKey });
    check(joined.ok, JSON.stringify(joined));
    const other = await bob.call("join_session", { name: "Bob" });
    check(other.ok, JSON.stringify(other));
  },
  async edit() {
    const answer = await ann.call("code_change", { content: "print('héllo 👋')\n" });
    check(answer.ok, JSON.stringify(answer));
    await bob.hears("code_update", ({ content }) => content === "print('héllo 👋')\n");
  },
  async chat() {
    check((await bob.call("send_message", { message: "ciao" })).ok, "send_message was refused");
    await ann.hears("chat_message", ({ message, name }) => message === "ciao" && name === "Bob");
  },
  async ack() {
    const answer = await bob.call("code_change", { content: "mine" });
    check(!answer.ok && answer.error.code === "not_writer", JSON.stringify(answer));
  },
  async reconnect() {
    const lost = new Promise((resolve) => ann.socket.once("disconnect", resolve));
    ann.socket.io.engine.close();
    await within(lost, "disconnect");
    await ann.connected();
    const again = await ann.call("join_session", { name: "Ann", resume: joined.resume });
    check(again.participant_id === joined.participant_id, JSON.stringify(again));
    check((await ann.call("code_change", { content: "again" })).ok, "code_change was refused");
    await bob.hears("code_update", ({ content }) => content === "again");
  },
  async leave() {
    bob.socket.disconnect();
    const gone = ({ online, name }) => name === "Bob" && !online;
    await ann.hears("participants_update", ({ participants }) =>
      Object.values(participants).some(gone),
    );
    ann.socket.disconnect();
  },
};

for (const [step, run] of Object.entries(STEPS)) {
  let error = null;
  try {
    await run();
  } catch (problem) {
    error = String(problem.message ?? problem);
  }
  console.log(JSON.stringify([step, error]));
  if (error !== null) break;
}
process.exit();
