// What attendance says of one person: the same in the attendance of a room and in reports.

import { html } from "htm/preact";
import { About, Length, State, Time } from "/console/parts.js";

export const came = ({ status }) => status === "attended" || status === "uninvited";

/** Whether the person came, and what else there is to say. `day` is that of the table. */
export const Status = ({ of: person, day }) => html`
  <${State} of=${person.status} estimated=${person.estimated && !came(person)} />
  ${person.guest && html` <span class="faint">guest</span>`}
  ${
    person.removedAt &&
    html`<div class="faint">removed at <${Time} of=${person.removedAt} day=${day} /></div>`
  }
`;

/** The API does not say which lengths of a person are estimated, so all are marked. */
export function Amount({ of: person, field }) {
  if (person[field] === null || !came(person)) return "";
  const estimated = person.estimated || (field === "aloneSeconds" && person.aloneEstimated);
  return html`<${About} estimated=${estimated} /><${Length} seconds=${person[field]} />`;
}

/** What the sign of estimates means in a table of these people. */
export function Notes({ of: people, alone = true }) {
  const any = (estimated) => people.some(estimated);
  return html`
    ${
      any((person) => person.estimated && came(person)) &&
      html`<p class="faint">≈ Estimated, because an event is missing.</p>`
    }
    ${
      alone &&
      any((person) => person.aloneEstimated && !person.estimated) &&
      html`<p class="faint">
        ≈ The time alone is estimated: an event is missing, or somebody by telephone may have been
        there.
      </p>`
    }
    ${
      any((person) => person.merged) &&
      html`<p class="faint">
        Somebody came back more than a hundred times. Their time present is right. When they were
        there is shown roughly.
      </p>`
    }
    ${
      any((person) => person.estimated && !came(person)) &&
      html`<p class="faint">
        ≈ Absent or expected, as far as events tell: some are missing, so that this person may have
        been there.
      </p>`
    }
  `;
}
