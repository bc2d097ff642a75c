// A room's call: who was in when, drawn; and who came, as a table.

import { html } from "htm/preact";
import { useMemo, useState } from "preact/hooks";
import { get, ofRoom, page } from "/console/api.js";
import { Attendance } from "/console/attendance.js";
import { useLoaded } from "/console/loading.js";
import { Loading, Problem, Time } from "/console/parts.js";
import { address } from "/console/route.js";
import { stays } from "/console/stays.js";
import { Timeline } from "/console/timeline.js";
import { called, counted, length, moment } from "/console/words.js";

const EVERY_SECONDS = 2;

export function CallView({ roomId, room, callId }) {
  const listed = useLoaded((signal) => callsOf(roomId, signal), [roomId], callId ? 0 : EVERY_SECONDS);
  const calls = listed.data;
  const chosen = callId ?? calls?.[0]?.id;
  return html`
    <${Problem} failure=${listed.failure} reload=${listed.reload} />
    ${!calls && !listed.failure && html`<${Loading} />`}
    ${
      calls?.length > 1 &&
      html`<label class="field"><span>Call</span>
      <select value=${chosen} onChange=${(event) => (location.hash = address(["room", roomId, "call", event.target.value]))}>
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

async function callsOf(roomId, signal) {
  try {
    return (await page(ofRoom(roomId, "calls"), {}, signal)).value;
  } catch (failure) {
    if (failure.status === 404) return [];
    throw failure;
  }
}

/** The newest call of a room, as it unfolds. */
export function Unfolding({ roomId }) {
  const room = useLoaded((signal) => get(ofRoom(roomId, "overview"), {}, signal), [roomId]).data;
  const { data: calls, failure } = useLoaded((signal) => callsOf(roomId, signal), [roomId], EVERY_SECONDS);
  const newest = calls?.[0]?.id;
  return html`
    <${Problem} failure=${failure} />
    ${room && newest ? html`<${Drawn} key=${newest} roomId=${roomId} room=${room} callId=${newest} />` : html`<p role="status">Nobody has come yet.</p>`}
  `;
}

function Drawn({ roomId, room, callId }) {
  const [live, setLive] = useState(true);
  const load = async (signal) => {
    const call = await get(ofRoom(roomId, "calls", callId), {}, signal);
    setLive(call.endedAt === null);
    return call;
  };
  const { data: call, at, failure, reload } = useLoaded(load, [roomId, callId], live ? EVERY_SECONDS : 0);
  const people = useMemo(() => call && stays(call, room, at), [call, room, at]);
  if (!call) return html`<${Problem} failure=${failure} reload=${reload} />${!failure && html`<${Loading} />`}`;
  const reason = call.endReason?.phrase;
  return html`
    <${Problem} failure=${failure} at=${at} reload=${reload} />
    <dl class="facts">
      <div><dt>Began</dt><dd><${Time} of=${call.startedAt} estimated=${call.startEstimated} /></dd></div>
      <div><dt>Ended</dt><dd>${call.endedAt ? html`<${Time} of=${call.endedAt} estimated=${call.endEstimated} />` : html`<span class="state live">live</span>`}</dd></div>
      <div><dt>Length</dt><dd>${length(call.seconds ?? (at - new Date(call.startedAt)) / 1000)}</dd></div>
      <div><dt>People</dt><dd>${call.people}, at most ${call.peak} at a time</dd></div>
      ${(call.endedBy || reason) && html`<div><dt>Ended by</dt><dd>${[call.endedBy && called(named(room, call.endedBy)), reason].filter(Boolean).join(": ")}</dd></div>`}
    </dl>
    <h2>Who was in when</h2>
    <${Timeline} call=${call} people=${people} room=${room} at=${at} />
  `;
}

const named = (room, rawId) => ({ rawId, ...room?.participants.find((one) => one.rawId === rawId) });
