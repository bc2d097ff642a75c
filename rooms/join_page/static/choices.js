// What somebody has chosen: camera and microphone on or off, and which. This tab keeps it.

import { useEffect, useState } from "preact/hooks";

const KEPT = "anteroom.choices";

const DEFAULTS = {
  camera: true,
  microphone: true,
  videoinput: "default",
  audioinput: "default",
  audiooutput: "default",
};

let current = { ...DEFAULTS, ...JSON.parse(sessionStorage.getItem(KEPT)) };
const listeners = new Set();

/** Returns the choices now. */
export const chosen = () => current;

/** Changes some of them. */
export function choose(changes) {
  current = { ...current, ...changes };
  sessionStorage.setItem(KEPT, JSON.stringify(current));
  for (const listener of listeners) listener(current);
}

/** Returns the choices, and draws again what shows them. */
export function useChoices() {
  const [choices, setChoices] = useState(current);
  useEffect(() => {
    listeners.add(setChoices);
    return () => listeners.delete(setChoices);
  }, []);
  return choices;
}
