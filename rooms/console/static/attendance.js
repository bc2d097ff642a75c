// Attendance: who was invited and who came; those who did not come first.

import { html } from "htm/preact";
import { useState } from "preact/hooks";
import { get, ofRoom } from "/console/api.js";
import { Field } from "/console/fields.js";
import { useLoaded } from "/console/loading.js";
import { Loading, Person, Problem, Role, State, Table, Time } from "/console/parts.js";
import { address } from "/console/route.js";
import { length } from "/console/words.js";

const EVERY_SECONDS = 5;
const FIRST = ["absent", "expected", "uninvited", "attended"];

export function Attendance({ roomId, room, callId }) {
  const slots = {
    ...(room?.scheduledStart ? { scheduled: { label: "as scheduled", query: {} } } : {}),
    ...(callId ? { call: { label: "in this call", query: { call: callId } } } : {}),
    ...(room
      ? {
          open: {
            label: "while the room is open",
            query: { from: room.validFrom, until: room.validUntil },
          },
        }
      : {}),
  };
  const [wanted, setWanted] = useState(null);
  const chosen = Object.hasOwn(slots, wanted ?? "") ? wanted : Object.keys(slots)[0];
  const query = slots[chosen]?.query;
  const path = ofRoom(roomId, "attendance");
  const { data, at, failure } = useLoaded(
    async (signal) => query && (await get(path, query, signal)),
    [roomId, JSON.stringify(query)],
    EVERY_SECONDS,
  );
  const [unsaved, setUnsaved] = useState(null);
  if (!query || failure?.status === 404) return null; // which the call, or the room, has told
  const download = async () => {
    try {
      save(await get(path, { ...query, format: "csv" }), `attendance-${roomId}.csv`);
      setUnsaved(null);
    } catch (problem) {
      setUnsaved(problem);
    }
  };
  return html`
    <h2>Attendance</h2>
    <div class="filters">
      <${Field} label="Time">
        <select value=${chosen} onChange=${(event) => setWanted(event.target.value)}>
          ${Object.entries(slots).map(([name, { label }]) => html`<option value=${name}>${label}</option>`)}
        </select>
      <//>
      <button type="button" onClick=${download} disabled=${!data}>Download as CSV</button>
    </div>
    <${Problem} failure=${unsaved} />
    <${Problem} failure=${failure} at=${at} />
    ${!data && !failure && html`<${Loading} />`}
    ${data && html`<${Came} data=${data} room=${room} />`}
  `;
}

function Came({ data, room }) {
  const { invited, attended, absent, uninvited } = data.summary;
  const expected = invited - attended - absent;
  const people = data.value.toSorted(
    (one, other) => FIRST.indexOf(one.status) - FIRST.indexOf(other.status),
  );
  return html`
    <p>
      <strong>${invited} invited, ${attended} attended, ${absent} absent${expected ? `, ${expected} expected` : ""}, ${uninvited} uninvited</strong>
      ${" "}from <${Time} of=${data.from} /> until ${data.until ? html`<${Time} of=${data.until} />` : "now"}.
    </p>
    ${
      people.length > 0 &&
      html`<${Table} label="Attendance" columns=${["Who", "Status", "Role", "Present", "Alone", "Late", "Left early", "Stays"]}>
      ${people.map(
        (one) => html`<tr key=${one.rawId} class=${one.status}>
        <th scope="row"><${Person} of=${one} />${one.externalId && html` <span class="faint">${one.externalId}</span>`}
          ${one.status === "uninvited" && room && room.state !== "deleted" && html`<br /><a href=${address(["explain"], { room: room.roomId, person: one.rawId })}>May they come in?</a>`}</th>
        <td><${State} of=${one.status} /></td>
        <td><${Role} of=${one.role} /></td>
        ${["seconds", "aloneSeconds", "lateSeconds", "leftEarlySeconds"].map((field) => html`<td class="number">${lengthOf(one, field)}</td>`)}
        <td>${one.intervals.map((stay) => html`<div class="stay"><${Time} of=${stay.from} /> – ${stay.until ? html`<${Time} of=${stay.until} />` : "now"}</div>`)}</td>
      </tr>`,
      )}
    <//>`
    }
    ${people.some((one) => one.estimated) && html`<p class="faint">≈ follows from an event that never came, and is estimated.</p>`}
  `;
}

/** Which of somebody's lengths are estimated is not told, so all are marked. */
function lengthOf(one, field) {
  if (one[field] === null || !one.intervals.length) return "";
  return `${one.estimated ? "≈ " : ""}${length(one[field])}`;
}

/** With the mark by which Excel knows UTF-8: the service sends it, but reading the answer as text takes it off. */
function save(text, name) {
  const url = URL.createObjectURL(new Blob(["\ufeff", text], { type: "text/csv" }));
  const link = Object.assign(document.createElement("a"), { href: url, download: name });
  link.click();
  URL.revokeObjectURL(url);
}
