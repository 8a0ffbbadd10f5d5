import assert from "node:assert/strict";
import { createServer } from "node:http";
import { after, before, test } from "node:test";
import { request, requestJson, HttpFailure } from "../../../collabpad/static/js/http.js";

const JSON_TYPE = "application/json; charset=utf-8";
const REFUSAL = JSON.stringify({ error: { code: "conflict", message: "There is one already." } });

/** @type {Record<string, [number, string, string]>} */
const ANSWERS = {
  "/good": [200, JSON_TYPE, '{"session_id": "abc"}'],
  "/refused": [409, JSON_TYPE, REFUSAL],
  "/large": [413, "text/html", "<html><h1>413 Request Entity Too Large</h1></html>"],
  "/gateway": [502, "text/html", ""],
  "/json": [403, "application/json", '{"reason": "policy"}'],
  "/null": [500, "application/json", "null"],
  "/portal": [200, "text/html", "<h1>Accept our terms</h1>"],
  "/half": [200, JSON_TYPE, '{"session_id": '],
};
globalThis.navigator ??= /** @type {any} */ ({ onLine: true }); // Node 20 has none
let base = "";
const server = createServer((request, response) => {
  const [status, type, body] = ANSWERS[request.url ?? ""] ?? [404, "text/plain", ""];
  if (status === 404) return request.socket.destroy();
  response.writeHead(status, { "Content-Type": type }).end(body);
});

before(async () => {
  await new Promise((ready) => server.listen(0, "127.0.0.1", () => ready(undefined)));
  base = `http://127.0.0.1:${server.address().port}`;
});
after(() => {
  server.closeAllConnections();
  server.close();
});

test("an answer of the server's is given", async () => {
  assert.deepEqual(await requestJson(`${base}/good`), { session_id: "abc" });
  assert.equal((await request(`${base}/good`)).status, 200);
});

const SAID = {
  "/refused": "There is one already.",
  "/large":
    "Something between you and the server answered: 413 Payload Too Large." +
    " It doesn’t let anything that large through.",
  "/gateway": "Something between you and the server answered: 502 Bad Gateway.",
  "/json": "Something between you and the server answered: 403 Forbidden.",
  "/null": "Something between you and the server answered: 500 Internal Server Error.",
  "/portal": "Something between you and the server answered: 200 OK.",
  "/half": "The server didn’t answer. Try again.",
  "/cut off": "The server didn’t answer. Try again.",
};

for (const [path, message] of Object.entries(SAID)) {
  test(`${path} is told as what it is`, async () => {
    await assert.rejects(requestJson(base + path), (error) => {
      assert.ok(error instanceof HttpFailure);
      assert.equal(error.message, message);
      return true;
    });
  });
}
