import { strings } from "./strings.js";

/** A failed request; its message is for the user. */
export class HttpFailure extends Error {}

/**
 * @param {string} url
 * @param {RequestInit & {headers?: Record<string, string>}} [options]
 * @returns {Promise<Response>} a JSON response of the server
 * @throws {HttpFailure}
 */
export async function request(url, options = {}) {
  const headers = { Accept: "application/json", ...options.headers };
  const answer = await orFail(fetch(url, { ...options, headers }));
  const isJson = /^application\/json\b/.test(answer.headers.get("Content-Type") ?? "");
  if (isJson && answer.ok) return answer;
  const error = isJson ? (await orFail(answer.json()))?.error : null;
  throw new HttpFailure(
    typeof error?.code === "string"
      ? strings.refusal(error.code, error.message)
      : strings.connection.between(answer.status, answer.statusText),
  );
}

/**
 * @param {string} url
 * @param {RequestInit & {headers?: Record<string, string>}} [options]
 * @returns {Promise<any>}
 * @throws {HttpFailure}
 */
export async function requestJson(url, options) {
  const answer = await request(url, options);
  return orFail(answer.json());
}

/**
 * @template T
 * @param {Promise<T>} promise
 * @returns {Promise<T>}
 * @throws {HttpFailure} if the connection was lost before the answer was complete
 */
async function orFail(promise) {
  try {
    return await promise;
  } catch {
    const { notNow, noAnswer } = strings.connection;
    throw new HttpFailure(navigator.onLine === false ? notNow : noAnswer);
  }
}

/**
 * @param {Error & {description?: unknown, context?: any}} error  as Engine.IO reports it
 * @returns {number | null} the status, if a proxy answered instead of the server
 */
export function proxyStatus({ description, context }) {
  if (typeof description !== "number" || description < 400) return null;
  try {
    return typeof JSON.parse(context.responseText).error.code === "string" ? null : description;
  } catch {
    return description;
  }
}
