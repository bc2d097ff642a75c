// Requests to the service that serves this page. The key is kept for this tab only.

import * as account from "/console/account.js";
import { readClock, skew } from "/console/clock.js";
import { shown } from "/console/shown.js";
import { canSign, isKey, signedHeaders } from "/console/signing.js";

export { serviceNow } from "/console/clock.js";

const KEPT = "anteroom.key";
const DEVHOST = "/devhost/"; // on this machine only; it takes no signatures
const MOST_SKEW = 60_000; // milliseconds; signatures may be five minutes off
const CANNOT_SIGN =
  "Browsers can sign requests on HTTPS and localhost only. Open the console at https://.";

/** The api-versions that routes of ACS need in the query. */
export const ROOMS_API = { "api-version": "2025-03-13" };
export const IDENTITY_API = { "api-version": "2023-10-01" };

export const key = {
  get: () => sessionStorage.getItem(KEPT),
  keep: (text) => sessionStorage.setItem(KEPT, text),
  forget: () => sessionStorage.removeItem(KEPT),
};

/** An error of the service; `status` is 0 if the service could not be reached. */
class Failure extends Error {
  constructor(status, error) {
    super(error.message);
    this.status = status;
    this.code = error.code;
    this.target = error.target;
    this.details = error.details ?? []; // of ACS: each has a message and a target
  }

  /** Whether the same request may succeed later. */
  get passing() {
    return this.status === 0 || this.status === 429 || this.status >= 500;
  }
}

/** Returns the headers that say who asks: the holder of a key, or who has signed in. */
async function credentials(secret, method, target, body) {
  if (secret === null) return { Authorization: `Bearer ${await personalToken()}` };
  if (target.startsWith(DEVHOST)) return { "x-api-key": secret };
  if (!canSign) throw new Failure(400, { code: "CannotSign", message: CANNOT_SIGN });
  if (!isKey(secret)) throw new Failure(401, { code: "NoKey", message: "This is not a key." });
  return await signedHeaders(secret, method, target, body);
}

async function personalToken() {
  try {
    return await account.token();
  } catch (problem) {
    const message = "Entra ID gives no token at the moment.";
    throw new Failure(account.mustSignIn(problem) ? 401 : 0, { code: "NoToken", message });
  }
}

/** Sends a request, and returns the answer and its text. Throws Failure if nothing answers. */
async function sent(method, target, { headers, body = "", signal, as }) {
  const url = new URL(target, location.origin);
  const credit = await credentials(as ?? key.get(), method, url.pathname + url.search, body);
  try {
    const answer = await fetch(url, {
      method,
      headers: { ...headers, ...credit },
      body: body || undefined,
      signal,
      cache: "no-store",
    });
    readClock(answer);
    return { answer, text: await answer.text() };
  } catch (problem) {
    if (problem.name === "AbortError") throw problem;
    throw new Failure(0, { code: "Unreachable", message: "The service cannot be reached." });
  }
}

/**
 * Returns {body, headers} of an answer: the body is JSON, text for `format=csv`, or null if it is
 * empty. Throws Failure.
 */
export async function askWithHeaders(
  method,
  path,
  { query = {}, body, headers = {}, signal, as } = {},
) {
  const given = Object.entries(query).filter(
    ([, value]) => value !== null && value !== undefined && value !== "",
  );
  const search = new URLSearchParams(given).toString();
  const request = {
    headers: body === undefined ? headers : { "Content-Type": "application/json", ...headers },
    body: body === undefined ? "" : JSON.stringify(body),
    signal,
    as,
  };
  const target = search ? `${path}?${search}` : path;
  const skewBefore = skew;
  let { answer, text } = await sent(method, target, request);
  // A clock that was set meanwhile makes signatures of the wrong time.
  if (answer.status === 401 && Math.abs(skew - skewBefore) > MOST_SKEW)
    ({ answer, text } = await sent(method, target, request));
  const content = answer.headers.get("Content-Type")?.includes("/json")
    ? shown(JSON.parse(text))
    : text;
  if (answer.ok) return { body: content || null, headers: answer.headers };
  throw new Failure(
    answer.status,
    content?.error ?? {
      code: String(answer.status),
      message: `The service answered ${answer.status}.`,
    },
  );
}

/** Returns {body, etag} of the answer. Throws Failure. */
export async function askWithEtag(...request) {
  const { body, headers } = await askWithHeaders(...request);
  return { body, etag: headers.get("ETag") };
}

/** Returns the body of the answer. Throws Failure. */
export const ask = async (...request) => (await askWithHeaders(...request)).body;

export const get = (path, query, signal) => ask("GET", path, { query, signal });

/**
 * Returns one page of a list: its values, and the query of the next page, or null.
 * Only the query of the link is used, so that the key goes to this service only.
 */
export async function page(path, query, signal) {
  const { value, nextLink } = await get(path, query, signal);
  return { value, next: nextLink ? Object.fromEntries(new URL(nextLink).searchParams) : null };
}

/**
 * Returns the values of as many pages as needed for `least` values, and the query of the next page.
 * A page may be empty and still have a next one.
 */
export async function filledPage(path, query, signal, least = 1) {
  let { value, next } = await page(path, query, signal);
  while (value.length < least && next) {
    const further = await page(path, next, signal);
    value = [...value, ...further.value];
    next = further.next;
  }
  return { value, next };
}

export const ofRoom = (roomId, ...rest) =>
  ["", "rooms", roomId, ...rest].map(encodeURIComponent).join("/");

/** Returns the values of an enum in the service's OpenAPI document. */
export async function enumOf(name, signal) {
  const { components } = await get("/openapi.json", {}, signal);
  return components.schemas[name].enum;
}
