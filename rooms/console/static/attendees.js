// The people of an attendance: searched, of one status, sorted. At first the absent come first.

import { html } from "htm/preact";
import { useMemo, useState } from "preact/hooks";
import { Amount, came, Notes, Status } from "/console/attended.js";
import { Choices } from "/console/choices.js";
import { useFew } from "/console/few.js";
import { Field } from "/console/fields.js";
import { Empty, Person, Range, Role, Table } from "/console/parts.js";
import { address } from "/console/route.js";
import { useSorted } from "/console/sorting.js";
import { called, people as countedPeople, rawIdsOf } from "/console/words.js";

const FEW = 25; // people who are shown at first
const FEW_SESSIONS = 4;
const ORDER = ["absent", "expected", "cancelled", "uninvited", "attended"];

const rank = ({ status }) => ORDER.indexOf(status);

const amount = (field) => (person) => (came(person) ? person[field] : null);

const COLUMNS = [
  { name: "Person", by: called },
  { name: "Status", by: rank },
  { name: "Role", by: ({ role }) => role },
  { name: "Present", number: true, by: amount("seconds") },
  { name: "Alone", number: true, by: amount("aloneSeconds") },
  { name: "Late", number: true, by: amount("lateSeconds") },
  { name: "Left early", number: true, by: amount("leftEarlySeconds") },
  { name: "Sessions" },
];

export function Attendees({ of: { value, from, incomplete }, room }) {
  const [search, setSearch] = useState("");
  const [status, setStatus] = useState(null);
  const byRank = useMemo(() => value.toSorted((a, b) => rank(a) - rank(b)), [value]);
  const { sorted, heads } = useSorted(byRank, COLUMNS);
  const found = sorted.filter(
    (person) => (status === null || person.status === status) && matches(person, search),
  );
  const { shown, button } = useFew(found, FEW);
  const clear = () => {
    setSearch("");
    setStatus(null);
  };
  if (!value.length) return html`<${Empty} title="Nobody was invited, and nobody came." />`;
  const day = new Date(from);
  return html`
    <div class="filters">
      <${Field} label="Search people">
        <input
          type="search"
          placeholder="Name, external id or raw id"
          value=${search}
          onInput=${(event) => setSearch(event.target.value)}
        />
      <//>
      <${Choices}
        label="Status"
        options=${statuses(value)}
        chosen=${status}
        choose=${setStatus}
      />
    </div>
    <p class="unseen" role="status">${countedPeople(found.length)} of ${value.length}</p>
    ${
      found.length
        ? html`<${Table}
            label="Attendance"
            columns=${heads}
            rows=${shown.map((person) => rowOf(person, room, day))}
          />`
        : html`<${Empty} title="Nobody matches.">
            <button type="button" class="quiet" onClick=${clear}>
              Show everybody
            </button>
          <//>`
    }
    ${button}
    <${Notes} of=${value} />
    ${
      incomplete &&
      html`<p class="faint">
        A call has more events than were read. This shows what the first of them tell.
      </p>`
    }
  `;
}

/** Returns whether a text is part of a name or an id of the person, in any case. */
function matches(person, search) {
  const wanted = search.trim().toLowerCase();
  const own = [person.name, person.displayName, person.externalId, ...rawIdsOf(person)];
  return own.some((text) => text?.toLowerCase().includes(wanted));
}

/** Returns the choices of a status: all, and each that somebody has. */
function statuses(people) {
  const counts = Map.groupBy(people, ({ status }) => status);
  const having = ORDER.filter((status) => counts.has(status));
  return [
    { value: null, label: "All", count: people.length },
    ...having.map((status) => ({ value: status, label: status, count: counts.get(status).length })),
  ];
}

function rowOf(person, room, day) {
  return {
    key: person.rawId,
    cells: [
      html`<${Who} person=${person} room=${room} />`,
      html`<${Status} of=${person} day=${day} />`,
      html`<${Role} of=${person.role} />`,
      ...["seconds", "aloneSeconds", "lateSeconds", "leftEarlySeconds"].map(
        (field) => html`<${Amount} of=${person} field=${field} />`,
      ),
      html`<${Sessions} of=${person.intervals} />`,
    ],
  };
}

/** When a person was there; of those who came back often, the first times. */
function Sessions({ of: intervals }) {
  const ranges = intervals.map(
    ({ from, until }) => html`<div><${Range} from=${from} until=${until} /></div>`,
  );
  if (ranges.length <= FEW_SESSIONS) return ranges;
  return html`
    ${ranges.slice(0, FEW_SESSIONS - 1)}
    <details>
      <summary>${ranges.length - FEW_SESSIONS + 1} more</summary>
      ${ranges.slice(FEW_SESSIONS - 1)}
    </details>
  `;
}

function Who({ person, room }) {
  const rawIds = rawIdsOf(person);
  const report = { person: person.externalId ?? person.rawId };
  const check = person.status === "uninvited" && room && room.state !== "deleted";
  return html`
    <a href=${address(["report"], report)}><${Person} of=${person} /></a>
    ${person.externalId && html` <span class="faint">${person.externalId}</span>`}
    ${rawIds.length > 1 && html`<${RawIds} rawIds=${rawIds} />`}
    ${
      check &&
      html`<br /><a href=${address(["access"], { room: room.roomId, person: person.rawId })}>
        Check access
      </a>`
    }
  `;
}

const RawIds = ({ rawIds }) => html`<details class="faint">
  <summary>${rawIds.length} raw ids</summary>
  <ul>${rawIds.map((rawId) => html`<li><code>${rawId}</code></li>`)}</ul>
</details>`;
