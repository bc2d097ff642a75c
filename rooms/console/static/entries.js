// A part of the home page: a list that shows its first entries, or says that there is nothing.

import { html } from "htm/preact";
import { useFew } from "/console/few.js";
import { Loading, Problem, Section } from "/console/parts.js";

/**
 * Shows `entries`, the first `few` of them until one asks for all; undefined while they are
 * loading. `entry` draws one, `nothing` is shown if there are none. `failure` and `at` are as
 * `useLoaded` has them.
 */
export function Entries({ title, entries, few, entry, nothing, failure, at }) {
  const { shown, button } = useFew(entries ?? [], few);
  return html`<${Section} title=${title} note=${entries?.length || ""}>
    <${Problem} failure=${failure} at=${at} />
    ${!entries && !failure && html`<${Loading} lines=${2} />`}
    ${entries?.length === 0 && nothing}
    ${
      shown.length > 0 &&
      html`<ul class="entries" aria-label=${title}>
        ${shown.map(entry)}
      </ul>`
    }
    ${button}
  <//>`;
}
