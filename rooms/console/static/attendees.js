// The people of an attendance: absent people are first.

import { html } from "htm/preact";
import { About, Person, Range, Role, State, Table, Time } from "/console/parts.js";
import { address } from "/console/route.js";
import { length, rawIdsOf } from "/console/words.js";

const ORDER = ["absent", "expected", "cancelled", "uninvited", "attended"];
const COLUMNS = ["Person", "Status", "Role", "Present", "Alone", "Late", "Left early", "Sessions"];
const LENGTHS = ["seconds", "aloneSeconds", "lateSeconds", "leftEarlySeconds"];

export function Attendees({ of: { value, from, incomplete }, room }) {
  if (!value.length) return null;
  const sorted = value.toSorted((a, b) => ORDER.indexOf(a.status) - ORDER.indexOf(b.status));
  return html`
    <${Table} label="Attendance" columns=${COLUMNS}>
      ${sorted.map(
        (person) => html`<${Row}
          key=${person.rawId}
          person=${person}
          room=${room}
          day=${new Date(from)}
        />`,
      )}
    <//>
    <${Notes} people=${value} />
    ${
      incomplete &&
      html`<p class="faint">
        A call has more events than were read. This shows what the first of them tell.
      </p>`
    }
  `;
}

const came = ({ status }) => status === "attended" || status === "uninvited";

/** What the sign of estimates means here. */
function Notes({ people }) {
  const any = (estimated) => people.some(estimated);
  return html`
    ${
      any((person) => person.estimated && came(person)) &&
      html`<p class="faint">≈ Estimated, because an event is missing.</p>`
    }
    ${
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

function Row({ person, room, day }) {
  const check = person.status === "uninvited" && room && room.state !== "deleted";
  const query = { room: room?.roomId, person: person.rawId };
  const rawIds = rawIdsOf(person);
  return html`<tr class=${person.status}>
    <th scope="row">
      <${Person} of=${person} />
      ${person.externalId && html` <span class="faint">${person.externalId}</span>`}
      ${rawIds.length > 1 && html`<${RawIds} rawIds=${rawIds} />`}
      ${check && html`<br /><a href=${address(["access"], query)}>Check access</a>`}
    </th>
    <td>
      <${State} of=${person.status} estimated=${person.estimated && !came(person)} />
      ${person.guest && html` <span class="faint">guest</span>`}
      ${
        person.removedAt &&
        html`<div class="faint">removed at <${Time} of=${person.removedAt} day=${day} /></div>`
      }
    </td>
    <td><${Role} of=${person.role} /></td>
    ${LENGTHS.map(
      (field) => html`<td class="number"><${Length} person=${person} field=${field} /></td>`,
    )}
    <td>
      ${person.intervals.map(
        ({ from, until }) => html`<div><${Range} from=${from} until=${until} /></div>`,
      )}
    </td>
  </tr>`;
}

const RawIds = ({ rawIds }) => html`<details class="faint">
  <summary>${rawIds.length} raw ids</summary>
  <ul>${rawIds.map((rawId) => html`<li><code>${rawId}</code></li>`)}</ul>
</details>`;

/** The API does not say which lengths of a person are estimated, so all are marked. */
function Length({ person, field }) {
  if (person[field] === null || !came(person)) return "";
  const estimated = person.estimated || (field === "aloneSeconds" && person.aloneEstimated);
  return html`<${About} estimated=${estimated} />${length(person[field])}`;
}
