// socket.io-client as npm has it, over polling: prints what it hears, one JSON text a line.
import { io } from "../../frontend/node_modules/socket.io-client/build/esm/index.js";

const [url, sessionId] = process.argv.slice(2);
const say = (...said) => console.log(JSON.stringify(said));
const socket = io(url, { transports: ["polling"], reconnection: false });
socket.onAny((event, payload) => say(event, payload.reason ?? null));
socket.on("disconnect", (reason) => say("disconnect", reason));
socket.on("connect_error", (error) => say("connect_error", error.message));
socket.on("connect", async () => {
  const answer = await socket.emitWithAck("join_session", { session_id: sessionId, name: "Nod" });
  say("in", answer.participant_id);
});
