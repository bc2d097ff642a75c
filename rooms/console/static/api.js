// Requests to the service that serves this page. The key is kept for this tab only.

import * as account from "/console/account.js";
import { shown } from "/console/shown.js";

const KEPT = "anteroom.key";
const LEAST_SKEW = 2_000; // milliseconds

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
  }

  /** Whether the same request may succeed later. */
  get passing() {
    return this.status === 0 || this.status === 429 || this.status >= 500;
  }
}

let clockSkew = 0;

/** The time of the service, in milliseconds. */
export const serviceNow = () => Date.now() + clockSkew;

/** Follows the service's clock if it differs a lot from this machine's. */
function readClock(answer) {
  const halfSecond = 500; // the header has whole seconds
  const difference = Date.parse(answer.headers.get("Date")) + halfSecond - Date.now();
  clockSkew = Math.abs(difference) > LEAST_SKEW ? difference : 0;
}

/** Returns the header that says who asks: with a key, or else as the person who has signed in. */
async function credentials(as) {
  if (as !== null) return { "x-api-key": as };
  try {
    return { Authorization: `Bearer ${await account.token()}` };
  } catch (problem) {
    const message = "Entra ID gives no token at the moment.";
    throw new Failure(account.mustSignIn(problem) ? 401 : 0, { code: "NoToken", message });
  }
}

/**
 * Returns the body of the answer: JSON, text for `format=csv`, or null if it is empty.
 * Throws Failure.
 */
export async function ask(method, path, { query = {}, body, signal, as } = {}) {
  const given = Object.entries(query).filter(
    ([, value]) => value !== null && value !== undefined && value !== "",
  );
  const search = new URLSearchParams(given).toString();
  const headers = {
    ...(await credentials(as ?? key.get())),
    ...(body === undefined ? {} : { "Content-Type": "application/json" }),
  };
  let answer, text;
  try {
    const url = search ? `${path}?${search}` : path;
    answer = await fetch(url, {
      method,
      headers,
      body: body && JSON.stringify(body),
      signal,
      cache: "no-store",
    });
    readClock(answer);
    text = await answer.text();
  } catch (problem) {
    if (problem.name === "AbortError") throw problem;
    throw new Failure(0, { code: "Unreachable", message: "The service cannot be reached." });
  }
  const content = answer.headers.get("Content-Type")?.includes("/json")
    ? shown(JSON.parse(text))
    : text;
  if (answer.ok) return content || null;
  throw new Failure(
    answer.status,
    content?.error ?? {
      code: String(answer.status),
      message: `The service answered ${answer.status}.`,
    },
  );
}

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
