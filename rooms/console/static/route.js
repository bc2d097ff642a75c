// The address: what is shown stands behind the #, so that a view can be linked to; the key never does.

import { useEffect, useState } from "preact/hooks";

function read() {
  const [path, search] = location.hash.replace(/^#\/?/, "").split("?");
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

/** The address of a view. Empty values are left out. */
export function address(path, query = {}) {
  const search = new URLSearchParams(Object.entries(query).filter(([, value]) => value)).toString();
  return `#/${path.map(encodeURIComponent).join("/")}${search ? `?${search}` : ""}`;
}

/** Changes the query of the view that is shown, without a new entry in the history. */
export function replaceQuery(changes) {
  const { path, query } = read();
  history.replaceState(null, "", address(path, { ...query, ...changes }));
  window.dispatchEvent(new Event("hashchange"));
}

/** {path: [view, ...], query}: changes when the address does. */
export function useRoute() {
  const [route, setRoute] = useState(read);
  useEffect(() => {
    const change = () => setRoute(read());
    window.addEventListener("hashchange", change);
    return () => window.removeEventListener("hashchange", change);
  }, []);
  return route;
}
