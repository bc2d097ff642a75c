// Long lists that show their first entries until one asks for all.

import { html } from "htm/preact";
import { useState } from "preact/hooks";

/** Returns `shown`, the entries to show, and `button`, which shows all; null if there is no need. */
export function useFew(entries, few, what = "") {
  const [whole, setWhole] = useState(false);
  if (entries.length <= few) return { shown: entries, button: null };
  const label = whole ? `Show the first ${few}${what}` : `Show all ${entries.length}${what}`;
  return {
    shown: whole ? entries : entries.slice(0, few),
    button: html`<button type="button" onClick=${() => setWhole(!whole)}>${label}</button>`,
  };
}
