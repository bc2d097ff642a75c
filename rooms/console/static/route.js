// The address: the view is in the fragment, so that it can be linked to. The key never is.

import { useEffect, useMemo, useState } from "preact/hooks";

function read(hash = location.hash) {
  const [path, search] = hash.replace(/^#\/?/, "").split("?");
  return {
    path: path.split("/").map(decode),
    query: Object.fromEntries(new URLSearchParams(search)),
  };
}

function decode(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Returns the address of a view. Empty values are left out. */
export function address(path, query = {}) {
  const search = new URLSearchParams(Object.entries(query).filter(([, value]) => value)).toString();
  return `#/${path.map(encodeURIComponent).join("/")}${search ? `?${search}` : ""}`;
}

/** Changes the query of the current view, without a new entry in the history. */
export function replaceQuery(changes) {
  const { path, query } = read();
  history.replaceState(null, "", address(path, { ...query, ...changes }));
  window.dispatchEvent(new Event("hashchange"));
}

/** Returns the path of the current address: [view, ...]. */
export const pathAt = () => read().path;

/** Returns {path: [view, ...], query} of the address, and follows its changes. */
export function useRoute() {
  const [hash, setHash] = useState(location.hash);
  useEffect(() => {
    const change = () => setHash(location.hash);
    change(); // what came before this was not heard
    window.addEventListener("hashchange", change);
    return () => window.removeEventListener("hashchange", change);
  }, []);
  return useMemo(() => read(hash), [hash]);
}

/** Moves the focus to the heading of the view: a screen reader continues from there. */
export const focusHeading = () => document.querySelector("h1")?.focus();
