// The rooms of a report: a table, and what they come to.

import { html } from "htm/preact";
import { Amount, came, Notes, Status } from "/console/attended.js";
import { About, Length, Range, Role, Table, Time } from "/console/parts.js";
import { address } from "/console/route.js";
import { useSorted } from "/console/sorting.js";
import { counted } from "/console/words.js";

const NOT_READ = {
  TooManyEvents: "Too many events for a report.",
  TooManyChanges: "Too many changes of who is invited for a report.",
};
const OTHERS = { expected: "Expected", cancelled: "Cancelled", uninvited: "Uninvited" };

const titleOf = ({ title, roomId }) => title ?? roomId;

const amount = (field) => (room) => (!room.error && came(room) ? room[field] : null);

const COLUMNS = [
  { name: "Room", by: titleOf },
  { name: "Scheduled", by: ({ from }) => Date.parse(from) },
  { name: "Status", by: ({ status }) => status ?? null },
  { name: "Role", by: ({ role }) => role ?? null },
  { name: "Present", number: true, by: amount("seconds") },
  { name: "Late", number: true, by: amount("lateSeconds") },
  { name: "Left early", number: true, by: amount("leftEarlySeconds") },
];

export function Totals({ rooms, more }) {
  const read = rooms.filter(({ error }) => !error);
  const having = (wanted) => read.filter(({ status }) => status === wanted).length;
  const seconds = read.filter(came).reduce((sum, room) => sum + room.seconds, 0);
  const facts = {
    Rooms: rooms.length,
    Attended: having("attended"),
    Absent: having("absent"),
    ...Object.fromEntries(
      Object.entries(OTHERS)
        .filter(([status]) => having(status))
        .map(([status, label]) => [label, having(status)]),
    ),
    ...(rooms.length > read.length ? { "Not read": rooms.length - read.length } : {}),
  };
  return html`
    <dl class="facts">
      ${Object.entries(facts).map(([name, number]) => html`<div><dt>${name}</dt><dd>${number}</dd></div>`)}
      <div>
        <dt>Time present</dt>
        <dd>
          <${About} estimated=${read.some((room) => room.estimated && came(room))} />
          <${Length} seconds=${seconds} />
        </dd>
      </div>
    </dl>
    ${more && html`<p class="faint">Of the ${counted(rooms.length, "room")} shown. There are more.</p>`}
  `;
}

export function ReportTable({ rooms }) {
  const { sorted, heads } = useSorted(rooms, COLUMNS);
  return html`
    <${Table} label="Rooms of the report" columns=${heads} rows=${sorted.map(rowOf)} />
    <${Notes} of=${rooms.filter(({ error }) => !error)} alone=${false} />
  `;
}

function rowOf(room) {
  const place = ["room", room.roomId, "call"];
  return {
    key: `${room.roomId} ${room.from}`,
    cells: [
      html`<a href=${address(place)}>${titleOf(room)}</a>`,
      html`<${Range} from=${room.from} until=${room.until} />`,
      room.error ? html`<${NotRead} room=${room} />` : html`<${InRoom} room=${room} />`,
      room.error ? "" : html`<${Role} of=${room.role} />`,
      ...["seconds", "lateSeconds", "leftEarlySeconds"].map((field) =>
        room.error ? "" : html`<${Amount} of=${room} field=${field} />`,
      ),
    ],
  };
}

const NotRead = ({ room }) => html`
  <span class="state">not read</span>
  <div class="faint">${NOT_READ[room.error] ?? room.error} Open the room for it.</div>
`;

const InRoom = ({ room }) => html`
  <${Status} of=${room} day=${new Date(room.from)} />
  ${
    room.cancelled &&
    html`<div class="faint">
      deleted at <${Time} of=${room.cancelled.at} />${room.cancelled.by && ` by ${room.cancelled.by}`}
    </div>`
  }
  ${room.incomplete && html`<div class="faint">Of the first events of a call only.</div>`}
`;
