// Attendance: who was invited and who joined; absent people are first.

import { html } from "htm/preact";
import { useState } from "preact/hooks";
import { get, ofRoom } from "/console/api.js";
import { Field } from "/console/fields.js";
import { useLoaded } from "/console/loading.js";
import { Loading, Person, Problem, Range, Role, State, Table } from "/console/parts.js";
import { address } from "/console/route.js";
import { length } from "/console/words.js";

const EVERY_SECONDS = 5;
const ORDER = ["absent", "expected", "uninvited", "attended"];
const COLUMNS = ["Person", "Status", "Role", "Present", "Alone", "Late", "Left early", "Sessions"];
const LENGTHS = ["seconds", "aloneSeconds", "lateSeconds", "leftEarlySeconds"];
const BYTE_ORDER_MARK = "\ufeff";

/** Returns the times for which attendance can be shown: [{name, label, query}], the best first. */
function slotsOf(room, callId) {
  const slots = [];
  if (room?.scheduledStart) slots.push({ name: "scheduled", label: "Scheduled time", query: {} });
  if (callId) slots.push({ name: "call", label: "This call", query: { call: callId } });
  if (room) {
    const query = { from: room.validFrom, until: room.validUntil };
    slots.push({ name: "open", label: "While the room is open", query });
  }
  return slots;
}

export function Attendance({ roomId, room, callId }) {
  const slots = slotsOf(room, callId);
  const [wanted, setWanted] = useState(null);
  const slot = slots.find(({ name }) => name === wanted) ?? slots[0];
  const path = ofRoom(roomId, "attendance");
  const load = async (signal) => slot && (await get(path, slot.query, signal));
  const inputs = [roomId, JSON.stringify(slot?.query)];
  const { data, at, failure } = useLoaded(load, inputs, EVERY_SECONDS);
  const [unsaved, setUnsaved] = useState(null);
  if (!slot || failure?.status === 404) return null; // the rest of the view says so
  const download = async () => {
    try {
      save(await get(path, { ...slot.query, format: "csv" }), `attendance-${roomId}.csv`);
      setUnsaved(null);
    } catch (problem) {
      setUnsaved(problem);
    }
  };
  return html`
    <h2>Attendance</h2>
    <div class="filters">
      <${Field} label="Time">
        <select value=${slot.name} onChange=${(event) => setWanted(event.target.value)}>
          ${slots.map(({ name, label }) => html`<option value=${name}>${label}</option>`)}
        </select>
      <//>
      <button type="button" onClick=${download} disabled=${!data}>Download CSV</button>
    </div>
    <${Problem} failure=${unsaved} />
    <${Problem} failure=${failure} at=${at} />
    ${!data && !failure && html`<${Loading} />`}
    ${data && html`<${Summary} data=${data} /><${People} people=${data.value} room=${room} />`}
  `;
}

function Summary({ data }) {
  const { invited, attended, absent, uninvited, guests } = data.summary;
  const expected = invited - (attended - guests) - absent;
  const counts = [
    `${invited} invited`,
    `${attended} attended${guests ? ` (guests: ${guests})` : ""}`,
    `${absent} absent`,
    ...(expected ? [`${expected} expected`] : []),
    `${uninvited} uninvited`,
  ];
  return html`<p>
    <strong>${counts.join(", ")}</strong>, <${Range} from=${data.from} until=${data.until} />.
  </p>`;
}

function People({ people, room }) {
  if (!people.length) return null;
  const sorted = people.toSorted((a, b) => ORDER.indexOf(a.status) - ORDER.indexOf(b.status));
  const estimated = people.some((person) => person.estimated);
  return html`
    <${Table} label="Attendance" columns=${COLUMNS}>
      ${sorted.map((person) => html`<${Row} key=${person.rawId} person=${person} room=${room} />`)}
    <//>
    ${estimated && html`<p class="faint">≈ Estimated, because an event is missing.</p>`}
  `;
}

function Row({ person, room }) {
  const check = person.status === "uninvited" && room && room.state !== "deleted";
  const query = { room: room?.roomId, person: person.rawId };
  return html`<tr class=${person.status}>
    <th scope="row">
      <${Person} of=${person} />
      ${person.externalId && html` <span class="faint">${person.externalId}</span>`}
      ${check && html`<br /><a href=${address(["access"], query)}>Check access</a>`}
    </th>
    <td>
      <${State} of=${person.status} />
      ${person.guest && html` <span class="faint">guest</span>`}
    </td>
    <td><${Role} of=${person.role} /></td>
    ${LENGTHS.map((field) => html`<td class="number">${lengthOf(person, field)}</td>`)}
    <td>
      ${person.intervals.map(
        ({ from, until }) => html`<div><${Range} from=${from} until=${until} /></div>`,
      )}
    </td>
  </tr>`;
}

/** The API does not say which lengths of a person are estimated, so all are marked. */
function lengthOf(person, field) {
  if (person[field] === null || !person.intervals.length) return "";
  return `${person.estimated ? "≈ " : ""}${length(person[field])}`;
}

/** Excel knows UTF-8 by its mark. The service sends one, but reading the answer removes it. */
function save(text, name) {
  const url = URL.createObjectURL(new Blob([BYTE_ORDER_MARK, text], { type: "text/csv" }));
  const link = Object.assign(document.createElement("a"), { href: url, download: name });
  link.click();
  URL.revokeObjectURL(url);
}
