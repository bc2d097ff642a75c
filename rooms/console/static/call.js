// A room's call: its timeline, and its attendance.

import { html } from "htm/preact";
import { useMemo } from "preact/hooks";
import { get, ofRoom, page } from "/console/api.js";
import { Attendance } from "/console/attendance.js";
import { Field } from "/console/fields.js";
import { asOf, withLegs } from "/console/legs.js";
import { useLoaded } from "/console/loading.js";
import { Empty, Ended, Length, Loading, Peak, Problem, Section, Time } from "/console/parts.js";
import { address } from "/console/route.js";
import { Timeline } from "/console/timeline.js";
import { called, people, range, rawIdsOf } from "/console/words.js";

const EVERY_SECONDS = 3; // ended calls too: events may be late

/** The call that is chosen, else the newest one. `present` is the presence of the live call. */
export function CallView({ roomId, room, present, callId }) {
  const load = (signal) => callsOf(roomId, signal);
  const { data: calls, failure } = useLoaded(load, [roomId], EVERY_SECONDS);
  const chosen = callId ?? calls?.[0]?.id;
  return html`
    <${Problem} failure=${failure} />
    ${!calls && !failure && html`<${Loading} lines=${8} />`}
    ${calls?.length > 1 && html`<${Choice} roomId=${roomId} calls=${calls} chosen=${chosen} />`}
    ${calls && !chosen && html`<${NoCalls} />`}
    ${
      chosen &&
      html`<${Call}
        key=${chosen}
        roomId=${roomId}
        room=${room}
        callId=${chosen}
        overdue=${present?.id === chosen && present.overdue}
      />`
    }
    ${calls && html`<${Attendance} key=${chosen} roomId=${roomId} room=${room} callId=${chosen} />`}
  `;
}

const NoCalls = () => html`<${Empty} title="No calls yet.">
  A call appears here when its first event arrives.
<//>`;

function Choice({ roomId, calls, chosen }) {
  const choose = (event) => {
    location.hash = address(["room", roomId, "call", event.target.value]);
  };
  const listed = calls.some((call) => call.id === chosen);
  return html`<div class="filters">
    <${Field} label="Call">
      <select value=${chosen} onChange=${choose}>
        ${calls.map(
          (call) => html`<option value=${call.id}>
            ${range(call.startedAt, call.endedAt)}, ${people(call.people)}
          </option>`,
        )}
        ${!listed && html`<option value=${chosen}>an earlier call</option>`}
      </select>
    <//>
  </div>`;
}

/** The newest call of a room, while it is played. */
export function NewestCall({ roomId }) {
  const overview = useLoaded((signal) => get(ofRoom(roomId, "overview"), {}, signal), [roomId]);
  const calls = useLoaded((signal) => callsOf(roomId, signal), [roomId], EVERY_SECONDS);
  const room = overview.data;
  const newest = calls.data?.[0]?.id;
  return html`
    <${Problem} failure=${calls.failure} />
    ${
      room && newest
        ? html`<${Call} key=${newest} roomId=${roomId} room=${room} callId=${newest} />`
        : html`<${Empty} title="Nobody has joined yet." />`
    }
  `;
}

async function callsOf(roomId, signal) {
  try {
    return (await page(ofRoom(roomId, "calls"), {}, signal)).value;
  } catch (failure) {
    if (failure.status === 404) return [];
    throw failure;
  }
}

/** Returns {call, attendees}. */
async function callWithAttendees(roomId, callId, signal) {
  const [call, { value }] = await Promise.all([
    get(ofRoom(roomId, "calls", callId), {}, signal),
    get(ofRoom(roomId, "attendance"), { call: callId }, signal),
  ]);
  return { call, attendees: value };
}

function Call({ roomId, room, callId, overdue }) {
  const load = (signal) => callWithAttendees(roomId, callId, signal);
  const { data, at: answered, failure } = useLoaded(load, [roomId, callId], EVERY_SECONDS);
  const live = data?.call.endedAt === null;
  const at = data && asOf(data.call, live ? answered : 0);
  const rows = useMemo(() => data && withLegs(data.call, data.attendees, at), [data, at]);
  if (!data)
    return html`<${Problem} failure=${failure} />${!failure && html`<${Loading} lines=${8} />`}`;
  return html`
    <${Problem} failure=${failure} at=${answered} />
    <${Facts} call=${{ ...data.call, overdue }} attendees=${data.attendees} at=${at} />
    <${Section} title="Timeline">
      <${Timeline} call=${data.call} people=${rows} room=${room} at=${at} />
    <//>
  `;
}

function Facts({ call, attendees, at }) {
  const seconds = call.seconds ?? (at - new Date(call.startedAt)) / 1000;
  const ending = endingOf(call, attendees);
  return html`<dl class="facts">
    <div>
      <dt>Started</dt>
      <dd><${Time} of=${call.startedAt} estimated=${call.startEstimated} /></dd>
    </div>
    <div><dt>Ended</dt><dd><${Ended} of=${call} now=${at} /></dd></div>
    <div><dt>Length</dt><dd><${Length} seconds=${seconds} /></dd></div>
    <div><dt>People</dt><dd>${call.people}</dd></div>
    <div><dt>Peak</dt><dd><${Peak} of=${call} /></dd></div>
    ${ending && html`<div><dt>Ended by</dt><dd>${ending}</dd></div>`}
  </dl>`;
}

/** Returns who ended the call, and why; empty if its events do not say. */
function endingOf({ endedBy, endReason }, attendees) {
  const ender = attendees.find((one) => rawIdsOf(one).includes(endedBy)) ?? { rawId: endedBy };
  return [endedBy && called(ender), endReason?.phrase].filter(Boolean).join(": ");
}
