// Who asks the service, and what they may do.

import { html } from "htm/preact";
import { createContext } from "preact";
import { useContext } from "preact/hooks";
import { get } from "/console/api.js";
import { useLoaded } from "/console/loading.js";

const UNKNOWN = { known: false, actor: null, mayManage: false };

const Me = createContext(UNKNOWN);

/**
 * Returns {known, actor, mayManage}: `actor` is the name in the log. Until it is known, nobody may
 * manage.
 */
export const useMe = () => useContext(Me);

/** Asks who has signed in. What is in it can use `useMe`. */
export function Known({ children }) {
  const { data } = useLoaded((signal) => get("/me", {}, signal), []);
  const me = data ? { known: true, actor: data.actor, mayManage: data.may === "manage" } : UNKNOWN;
  return html`<${Me.Provider} value=${me}>${children}<//>`;
}
