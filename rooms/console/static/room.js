// One room: its times and participants, its calls, its log.

import { html } from "htm/preact";
import { get, ofRoom } from "/console/api.js";
import { CallView } from "/console/call.js";
import { JoinLink } from "/console/join-link.js";
import { useLoaded, usePages } from "/console/loading.js";
import { Log } from "/console/log.js";
import {
  AtAcs,
  Ended,
  Guests,
  Heading,
  Loading,
  More,
  Peak,
  Person,
  Problem,
  Range,
  RawId,
  Role,
  State,
  Table,
  Time,
} from "/console/parts.js";
import { address } from "/console/route.js";
import { called, length, people, whoCanJoin } from "/console/words.js";

const EVERY_SECONDS = 5;

const TABS = { "": "Overview", call: "Calls and attendance", log: "Log" };

/** The overview of a room, or null if only its events are known. */
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
  const load = (signal) => overview(roomId, signal);
  const { data: room, failure, at } = useLoaded(load, [roomId], EVERY_SECONDS);
  const loaded = room !== undefined;
  return html`
    <${Heading}>${room?.title ?? `Room ${roomId}`}<//>
    <p>
      <code>${roomId}</code>${" "}
      ${room && html`<${State} of=${room.state} /> <${Guests} room=${room} /><${AtAcs} room=${room} />`}
    </p>
    <${Tabs} roomId=${roomId} room=${room} current=${tab} />
    <${Problem} failure=${failure} at=${at} />
    ${!loaded && !failure && html`<${Loading} />`}
    ${room === null && html`<${NotCreatedHere} />`}
    ${loaded && tab === "" && html`<${Overview} roomId=${roomId} room=${room} />`}
    ${
      loaded &&
      tab === "call" &&
      html`<${CallView} key=${callId} roomId=${roomId} room=${room} callId=${callId} />`
    }
    ${tab === "log" && html`<${Log} roomId=${roomId} route=${route} />`}
  `;
}

function Tabs({ roomId, room, current }) {
  return html`<nav class="tabs" aria-label="Room">
    ${Object.entries(TABS).map(
      ([name, label]) => html`<a
        href=${address(["room", roomId, ...(name ? [name] : [])])}
        aria-current=${name === current ? "page" : undefined}
        >${label}</a
      >`,
    )}
    ${
      room &&
      room.state !== "deleted" &&
      html`<a href=${address(["access"], { room: roomId })}>Check access</a>`
    }
  </nav>`;
}

const NotCreatedHere = () => html`<p role="status">
  This room was not created here, or its data were deleted. Its calls are shown if their events
  arrived.
</p>`;

const Overview = ({ roomId, room }) => html`
  ${room && html`<${Facts} room=${room} />`}
  <${Calls} roomId=${roomId} />
  ${room && html`<${Participants} room=${room} />`}
`;

const Facts = ({ room }) => html`<dl class="facts">
  <div>
    <dt>Open</dt>
    <dd><${Range} from=${room.validFrom} until=${room.validUntil} /></dd>
  </div>
  ${
    room.scheduledStart &&
    html`<div>
      <dt>Scheduled</dt>
      <dd><${Range} from=${room.scheduledStart} until=${room.scheduledEnd} /></dd>
    </div>`
  }
  <div><dt>Who can join</dt><dd>${whoCanJoin(room)}</dd></div>
  <div><dt>Created</dt><dd><${Time} of=${room.createdAt} /></dd></div>
  <div><dt>External id</dt><dd>${room.externalId ?? "none"}</dd></div>
  <div><dt>Dial-out</dt><dd>${room.pstnDialOutEnabled ? "yes" : "no"}</dd></div>
</dl>`;

function Participants({ room }) {
  const { participants } = room;
  if (!participants.length) return html`<h2>Participants</h2><p>No participants are invited.</p>`;
  const columns = ["Person", "Role", "External id", "Raw id", "Access"];
  return html`
    <h2>Participants</h2>
    <p>${people(participants.length)}.</p>
    <${Table} label="Participants" columns=${columns}>
      ${participants.map(
        (person) => html`<${Participant} key=${person.rawId} person=${person} room=${room} />`,
      )}
    <//>`;
}

function Participant({ person, room }) {
  const check = address(["access"], { room: room.roomId, person: person.rawId });
  return html`<tr>
    <th scope="row">
      ${person.name ? html`<${Person} of=${person} />` : html`<span class="faint">no name</span>`}
    </th>
    <td><${Role} of=${person.role} /></td>
    <td>${person.externalId}</td>
    <td><${RawId} of=${person.rawId} /></td>
    <td>
      ${
        room.state !== "deleted" &&
        html`<a href=${check}>Check access<span class="unseen"> of ${called(person)}</span></a>`
      }
      <${JoinLink} room=${room} person=${person} />
    </td>
  </tr>`;
}

function Calls({ roomId }) {
  const pages = usePages(ofRoom(roomId, "calls"), {}, [roomId], EVERY_SECONDS);
  const unknown = pages.failure?.status === 404;
  const none = unknown || (pages.ready && !pages.values.length);
  return html`
    <h2>Calls</h2>
    ${!unknown && html`<${Problem} failure=${pages.failure} />`}
    ${none && html`<p>No calls yet.</p>`}
    ${pages.values.length > 0 && html`<${CallTable} roomId=${roomId} pages=${pages} />`}`;
}

const CallTable = ({ roomId, pages }) => html`
  <${Table} label="Calls" columns=${["Started", "Ended", "Length", "People", "Peak"]}>
    ${pages.values.map(
      (call) => html`<tr key=${call.id}>
        <th scope="row">
          <a href=${address(["room", roomId, "call", call.id])}>
            <${Time} of=${call.startedAt} estimated=${call.startEstimated} />
          </a>
        </th>
        <td><${Ended} of=${call} /></td>
        <td class="number">${length(call.seconds)}</td>
        <td class="number">${call.people}</td>
        <td class="number"><${Peak} of=${call} /></td>
      </tr>`,
    )}
  <//>
  <${More} pages=${pages} of="calls" />`;
