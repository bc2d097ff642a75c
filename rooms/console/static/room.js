// One room: what it is and who is invited, its calls, its log.

import { html } from "htm/preact";
import { get, ofRoom } from "/console/api.js";
import { CallView } from "/console/call.js";
import { useLoaded, usePages } from "/console/loading.js";
import { Log } from "/console/log.js";
import {
  Ended,
  Heading,
  Loading,
  More,
  Person,
  Problem,
  RawId,
  Role,
  State,
  Table,
  Time,
} from "/console/parts.js";
import { address } from "/console/route.js";
import { counted, length } from "/console/words.js";

const EVERY_SECONDS = 5;

const TABS = { "": "Overview", call: "Calls and attendance", log: "Log" };

/** The overview of a room, or null if only events name it. */
async function overview(roomId, signal) {
  try {
    return await get(ofRoom(roomId, "overview"), {}, signal);
  } catch (failure) {
    if (failure.status === 404) return null;
    throw failure;
  }
}

export function Room({ route }) {
  const [, roomId, asked = "", callId] = route.path;
  const tab = Object.hasOwn(TABS, asked) ? asked : "";
  const {
    data: room,
    failure,
    at,
  } = useLoaded((signal) => overview(roomId, signal), [roomId], EVERY_SECONDS);
  return html`
    <${Heading}>${room?.title ?? `Room ${roomId}`}<//>
    <p><code>${roomId}</code>${" "}${room && html`<${State} of=${room.state} />`}</p>
    <nav class="tabs" aria-label="Of this room">
      ${Object.entries(TABS).map(
        ([name, label]) => html`<a href=${address(["room", roomId, ...(name ? [name] : [])])}
        aria-current=${name === tab ? "page" : undefined}>${label}</a>`,
      )}
      ${room && room.state !== "deleted" && html`<a href=${address(["explain"], { room: roomId })}>Explain</a>`}
    </nav>
    <${Problem} failure=${failure} at=${at} />
    ${room === undefined && !failure && html`<${Loading} />`}
    ${room === null && html`<p role="status">This room was not made here, or is not kept any more: only events of its calls may be known.</p>`}
    ${room !== undefined && tab === "" && html`${room && html`<${Facts} room=${room} />`}<${Calls} roomId=${roomId} /> ${room && html`<${Roster} room=${room} />`}`}
    ${room !== undefined && tab === "call" && html`<${CallView} key=${callId} roomId=${roomId} room=${room} callId=${callId} />`}
    ${tab === "log" && html`<${Log} roomId=${roomId} route=${route} />`}
  `;
}

const Facts = ({ room }) => html`<dl class="facts">
  <div><dt>Open from</dt><dd><${Time} of=${room.validFrom} /></dd></div>
  <div><dt>until</dt><dd><${Time} of=${room.validUntil} /></dd></div>
  ${
    room.scheduledStart &&
    html`
    <div><dt>Scheduled from</dt><dd><${Time} of=${room.scheduledStart} /></dd></div>
    <div><dt>until</dt><dd><${Time} of=${room.scheduledEnd} /></dd></div>`
  }
  <div><dt>Created</dt><dd><${Time} of=${room.createdAt} /></dd></div>
  <div><dt>External id</dt><dd>${room.externalId ?? "none"}</dd></div>
  <div><dt>Dial-out</dt><dd>${room.pstnDialOutEnabled ? "yes" : "no"}</dd></div>
</dl>`;

function Roster({ room }) {
  const people = room.participants;
  return html`<h2>Invited</h2>
    ${people.length === 0 && html`<p>Nobody is invited.</p>`}
    ${
      people.length > 0 &&
      html`
      <p>${counted(people.length, "person", "people")}.</p>
      <${Table} label="Who is invited" columns=${["Who", "Role", "External id", "Raw id", "Admission"]}>
        ${people.map(
          (one) => html`<tr key=${one.rawId}>
          <th scope="row">${one.name ? html`<${Person} of=${one} />` : html`<span class="faint">no name</span>`}</th>
          <td><${Role} of=${one.role} /></td>
          <td>${one.externalId}</td>
          <td><${RawId} of=${one.rawId} /></td>
          <td>${room.state !== "deleted" && html`<a href=${address(["explain"], { room: room.roomId, person: one.rawId })}>May they come in?<span class="unseen"> ${one.name ?? one.rawId}</span></a>`}</td>
        </tr>`,
        )}
      <//>`
    }`;
}

function Calls({ roomId }) {
  const pages = usePages(ofRoom(roomId, "calls"), {}, [roomId], EVERY_SECONDS);
  const unknown = pages.failure?.status === 404;
  return html`<h2>Calls</h2>
    ${!unknown && html`<${Problem} failure=${pages.failure} />`}
    ${(unknown || (pages.ready && !pages.values.length)) && html`<p>No call yet.</p>`}
    ${
      pages.values.length > 0 &&
      html`
      <${Table} label="Calls" columns=${["Began", "Ended", "Length", "People", "At most at a time"]}>
        ${pages.values.map(
          (call) => html`<tr key=${call.id}>
          <th scope="row"><a href=${address(["room", roomId, "call", call.id])}><${Time} of=${call.startedAt} estimated=${call.startEstimated} /></a></th>
          <td><${Ended} of=${call} /></td>
          <td class="number">${length(call.seconds)}</td>
          <td class="number">${call.people}</td>
          <td class="number">${call.peak}</td>
        </tr>`,
        )}
      <//>
      <${More} pages=${pages} of="calls" />`
    }`;
}
