// Requests to the service that serves this page, with a key that is kept for this tab only.

const KEPT = "anteroom.key";
const MOST_APART = 2_000;

export const key = {
  get: () => sessionStorage.getItem(KEPT),
  keep: (text) => sessionStorage.setItem(KEPT, text),
  forget: () => sessionStorage.removeItem(KEPT),
};

/** The service refused, or could not be reached (then `status` is 0). */
class Failure extends Error {
  constructor(status, error) {
    super(error.message);
    this.status = status;
    this.code = error.code;
    this.target = error.target;
  }

  /** Whether the same request may be answered later. */
  get passing() {
    return this.status === 0 || this.status === 429 || this.status >= 500;
  }
}

let ahead = 0;

/** The time of the service, in milliseconds: that of this machine, unless the two are further apart than answers tell. */
export const serviceNow = () => Date.now() + ahead;

function heedDate(answer) {
  const difference = Date.parse(answer.headers.get("Date")) + 500 - Date.now(); // it is told in whole seconds
  ahead = Math.abs(difference) > MOST_APART ? difference : 0;
}

/** The body of the answer: JSON, or text for `format=csv`; null if there is none. Raises Failure. */
export async function ask(method, path, { query = {}, body, signal, as = key.get() } = {}) {
  const given = Object.entries(query).filter(
    ([, value]) => value !== null && value !== undefined && value !== "",
  );
  const search = new URLSearchParams(given).toString();
  const headers = {
    "x-api-key": as,
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
    heedDate(answer);
    text = await answer.text();
  } catch (problem) {
    if (problem.name === "AbortError") throw problem;
    throw new Failure(0, { code: "Unreachable", message: "The service cannot be reached." });
  }
  const content = answer.headers.get("Content-Type")?.includes("/json") ? JSON.parse(text) : text;
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

/** One page of a list: its values, and the query of the next one, or null. Only that of the link is used: the key goes nowhere else. */
export async function page(path, query, signal) {
  const { value, nextLink } = await get(path, query, signal);
  return { value, next: nextLink ? Object.fromEntries(new URL(nextLink).searchParams) : null };
}

/** The same of as many pages as it takes until there are so many values, or no more: a page may be empty and have a next one. */
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

/** The values of an enum in the service's OpenAPI document, which needs no key. */
export async function enumOf(name, signal) {
  const { components } = await get("/openapi.json", {}, signal);
  return components.schemas[name].enum;
}
