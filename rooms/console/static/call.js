// A room's call: who was in when, drawn; and who came, as a table.

import { html } from "htm/preact";
import { useMemo } from "preact/hooks";
import { get, ofRoom, page } from "/console/api.js";
import { Attendance } from "/console/attendance.js";
import { useLoaded } from "/console/loading.js";
import { Ended, Loading, Problem, Time } from "/console/parts.js";
import { address } from "/console/route.js";
import { asOf, stays } from "/console/stays.js";
import { Timeline } from "/console/timeline.js";
import { called, counted, length, moment } from "/console/words.js";

const EVERY_SECONDS = 3; // of ended calls, too: events may come late

export function CallView({ roomId, room, callId }) {
  const { data: calls, failure } = useLoaded(
    (signal) => callsOf(roomId, signal),
    [roomId],
    EVERY_SECONDS,
  );
  const chosen = callId ?? calls?.[0]?.id;
  const choose = (event) => {
    location.hash = address(["room", roomId, "call", event.target.value]);
  };
  return html`
    <${Problem} failure=${failure} />
    ${!calls && !failure && html`<${Loading} />`}
    ${
      calls?.length > 1 &&
      html`<label class="field"><span>Call</span>
      <select value=${chosen} onChange=${choose}>
        ${calls.map((call) => html`<option value=${call.id}>${moment(call.startedAt)} to ${call.endedAt ? moment(call.endedAt) : "now"}, ${counted(call.people, "person", "people")}</option>`)}
        ${!calls.some((call) => call.id === chosen) && html`<option value=${chosen}>an earlier one</option>`}
      </select>
    </label>`
    }
    ${calls && !chosen && html`<p role="status">No call yet.</p>`}
    ${chosen && html`<${Drawn} key=${chosen} roomId=${roomId} room=${room} callId=${chosen} />`}
    ${calls && html`<${Attendance} key=${chosen} roomId=${roomId} room=${room} callId=${chosen} />`}
  `;
}

/** The newest call of a room, as it unfolds. */
export function Unfolding({ roomId }) {
  const room = useLoaded((signal) => get(ofRoom(roomId, "overview"), {}, signal), [roomId]).data;
  const { data: calls, failure } = useLoaded(
    (signal) => callsOf(roomId, signal),
    [roomId],
    EVERY_SECONDS,
  );
  const newest = calls?.[0]?.id;
  return html`
    <${Problem} failure=${failure} />
    ${room && newest ? html`<${Drawn} key=${newest} roomId=${roomId} room=${room} callId=${newest} />` : html`<p role="status">Nobody has come yet.</p>`}
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

function Drawn({ roomId, room, callId }) {
  const load = async (signal) => {
    const [call, { value }] = await Promise.all([
      get(ofRoom(roomId, "calls", callId), {}, signal),
      get(ofRoom(roomId, "attendance"), { call: callId }, signal),
    ]);
    return { call, attendees: value };
  };
  const { data, at: answered, failure } = useLoaded(load, [roomId, callId], EVERY_SECONDS);
  const live = data?.call.endedAt === null;
  const at = data && asOf(data.call, live ? answered : 0);
  const people = useMemo(() => data && stays(data.call, data.attendees, at), [data, at]);
  if (!data) return html`<${Problem} failure=${failure} />${!failure && html`<${Loading} />`}`;
  const { call, attendees } = data;
  const ender =
    call.endedBy &&
    called(attendees.find((one) => one.rawId === call.endedBy) ?? { rawId: call.endedBy });
  const ending = [ender, call.endReason?.phrase].filter(Boolean).join(": ");
  return html`
    <${Problem} failure=${failure} at=${answered} />
    <dl class="facts">
      <div><dt>Began</dt><dd><${Time} of=${call.startedAt} estimated=${call.startEstimated} /></dd></div>
      <div><dt>Ended</dt><dd><${Ended} of=${call} /></dd></div>
      <div><dt>Length</dt><dd>${length(call.seconds ?? (at - new Date(call.startedAt)) / 1000)}</dd></div>
      <div><dt>People</dt><dd>${call.people}, at most ${call.peak} at a time</dd></div>
      ${ending && html`<div><dt>Ended by</dt><dd>${ending}</dd></div>`}
    </dl>
    <h2>Who was in when</h2>
    <${Timeline} call=${call} people=${people} room=${room} at=${at} />
  `;
}
