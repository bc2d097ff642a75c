// Attendance: who was invited and who joined; absent people are first.

import { html } from "htm/preact";
import { useState } from "preact/hooks";
import { get, ofRoom } from "/console/api.js";
import { Attendees } from "/console/attendees.js";
import { save } from "/console/csv.js";
import { useLoaded } from "/console/loading.js";
import { Loading, Problem, Range, Section, Time } from "/console/parts.js";

const EVERY_SECONDS = 5;

/** Returns the times for which attendance can be shown: [{name, label, query}], the best first. */
function slotsOf(room, callId) {
  const slots = [];
  if (room?.scheduledStart) slots.push({ name: "scheduled", label: "Scheduled time", query: {} });
  if (callId) slots.push({ name: "call", label: "This call", query: { call: callId } });
  if (room) {
    // Without a scheduled time this is the default, which also ends when the room is deleted.
    const query = room.scheduledStart ? { from: room.validFrom, until: room.validUntil } : {};
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
  const actions = html`
    <select
      aria-label="Time"
      value=${slot.name}
      onChange=${(event) => setWanted(event.target.value)}
    >
      ${slots.map(({ name, label }) => html`<option value=${name}>${label}</option>`)}
    </select>
    <button type="button" onClick=${download} disabled=${!data}>Download CSV</button>
  `;
  return html`<${Section} title="Attendance" label="Who came" actions=${actions}>
    <${Problem} failure=${unsaved} />
    <${Problem} failure=${failure} at=${at} />
    ${!data && !failure && html`<${Loading} lines=${6} />`}
    ${data && html`<${Summary} data=${data} /><${Attendees} of=${data} room=${room} />`}
  <//>`;
}

function Summary({ data }) {
  const { invited, attended, absent, uninvited, guests } = data.summary;
  const having = (wanted) => data.value.filter(({ status }) => status === wanted).length;
  const counts = [
    `${invited} invited`,
    `${attended} attended${guests ? ` (guests: ${guests})` : ""}`,
    `${absent} absent`,
    ...["expected", "cancelled"].filter(having).map((status) => `${having(status)} ${status}`),
    `${uninvited} uninvited`,
  ];
  return html`
    ${data.cancelled && html`<${Cancelled} of=${data.cancelled} />`}
    <p>
      <strong>${counts.join(", ")}</strong>, <${Range} from=${data.from} until=${data.until} />.
    </p>
  `;
}

const Cancelled = ({ of: { at, by } }) => html`<p class="notice">
  <strong>Cancelled</strong> at <${Time} of=${at} />${by && ` by ${by}`}: the room was deleted before
  this time began.
</p>`;
