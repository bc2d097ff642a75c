// Rooms in tables: as listed, and those with a call now.

import { html } from "htm/preact";
import { serviceNow } from "/console/api.js";
import { keyOf } from "/console/live.js";
import { AtAcs, Guests, LastHeard, Range, Since, State, Table, Time } from "/console/parts.js";
import { address } from "/console/route.js";
import { people } from "/console/words.js";

const LISTED = ["Room", "State", "Scheduled", { name: "People", number: true }, "Last call"];

export const ListedRooms = ({ rooms }) => html`<${Table}
  label="Rooms"
  columns=${LISTED}
  rows=${rooms.map((room) => ({
    key: room.id,
    cells: [
      html`<${Name} id=${room.id} title=${room.title} />`,
      html`<${State} of=${stateOf(room)} /> <${Guests} room=${room} /><${AtAcs} room=${room} />`,
      html`<${When} room=${room} />`,
      room.people,
      html`<${LastCall} room=${room} />`,
    ],
  }))}
/>`;

function Name({ id, title }) {
  const link = html`<a href=${address(["room", id])}>${title ?? id}</a>`;
  return title ? html`${link}<br /><code class="faint">${id}</code>` : link;
}

function stateOf({ validFrom, validUntil, lastCall }) {
  if (lastCall?.endedAt === null) return "live";
  const now = serviceNow();
  if (now < new Date(validFrom)) return "upcoming";
  return now < new Date(validUntil) ? "open" : "expired";
}

/** The scheduled time of a room, or else when it is open. */
const When = ({ room }) =>
  room.scheduledStart
    ? html`<${Range} from=${room.scheduledStart} until=${room.scheduledEnd} />`
    : html`<span class="faint"
        >open <${Range} from=${room.validFrom} until=${room.validUntil}
      /></span>`;

function LastCall({ room: { id, lastCall } }) {
  if (!lastCall) return html`<span class="faint">none</span>`;
  return html`<a href=${address(["room", id, "call", lastCall.id])}
      ><${Range} from=${lastCall.startedAt} until=${lastCall.endedAt} /></a
    ><br /><span class="faint">${people(lastCall.people)}</span>`;
}

const LIVE = [
  "Room",
  { name: "In the call", number: true },
  { name: "Missing", number: true },
  "Started",
  "Live for",
  "Last event",
];

export const LiveRooms = ({ rooms, now }) => html`<${Table}
  label="Rooms"
  columns=${LIVE}
  rows=${rooms.map((room) => ({
    key: keyOf(room),
    cells: [
      html`<${Name} id=${room.roomId} title=${room.title} />`,
      room.count,
      room.missingCount,
      html`<a href=${address(["room", room.roomId, "call", room.callId])}
        ><${Time} of=${room.startedAt}
      /></a>`,
      html`<${Since} time=${room.startedAt} now=${now} />`,
      html`<${LastHeard} of=${room} now=${now} />`,
    ],
  }))}
/>`;
