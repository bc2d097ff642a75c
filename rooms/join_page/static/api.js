// Requests to the service that serves this page: by the join link, and in the call by the token of
// the media server.

import { browser, device } from "/join/static/entry.js";

/** An error of the service; `status` is 0 if the service could not be reached. */
export class Failure extends Error {
  constructor(status, { message, code }, reasons = []) {
    super(message);
    this.status = status;
    this.code = code;
    this.reasons = reasons;
  }

  /** Whether the same request may succeed later. */
  get passing() {
    return this.status === 0 || this.status === 429 || this.status >= 500;
  }
}

const UNREACHABLE = { code: "Unreachable", message: "The service cannot be reached." };

async function ask(method, path, authorization, { headers, body, signal } = {}) {
  let answer, content;
  try {
    answer = await fetch(["/rooms", ...path].join("/"), {
      method,
      headers: {
        Authorization: authorization,
        ...(body && { "Content-Type": "application/json" }),
        ...headers,
      },
      body: body && JSON.stringify(body),
      signal,
      cache: "no-store",
    });
    const isJson = answer.headers.get("Content-Type")?.includes("/json");
    content = isJson ? await answer.json() : null;
  } catch (problem) {
    if (problem.name === "AbortError") throw problem;
    throw new Failure(0, UNREACHABLE);
  }
  if (answer.ok) return content;
  const message = `The service answers ${answer.status}.`;
  throw new Failure(answer.status, content?.error ?? { message }, content?.reasons);
}

/** Returns who the link is for and whether they may join now. Changes nothing. */
export const lookUp = async (link, signal) =>
  ask("GET", [link.roomId, "join"], `JoinLink ${link.token}`, {
    headers: { "Join-Browser": await browser(link) },
    signal,
  });

/**
 * Returns the way into the call. Throws Failure, with the `reasons` of a refusal. `lost` is the
 * connection that was lost, {callId, participantId}, if one was.
 */
export const join = async (link, lost, signal) =>
  ask("POST", [link.roomId, "join"], `JoinLink ${link.token}`, {
    body: { device: device(), browser: await browser(link), lost },
    signal,
  });

const inCall = (roomId, ...rest) => [roomId, "call", ...rest.map(encodeURIComponent)];

/** Mutes the microphone of somebody. */
export const mute = (roomId, token, participantId) =>
  ask("POST", inCall(roomId, "participants", participantId, "mute"), `Bearer ${token}`);

/** Removes somebody from the call. */
export const remove = (roomId, token, participantId) =>
  ask("DELETE", inCall(roomId, "participants", participantId), `Bearer ${token}`);

/** Ends the call for everybody. */
export const endForAll = (roomId, token) => ask("DELETE", inCall(roomId), `Bearer ${token}`);
