// A room at a glance: who is in it now, when it is, who is invited, and its calls.

import { html } from "htm/preact";
import { ofRoom, serviceNow } from "/console/api.js";
import { usePages } from "/console/loading.js";
import {
  Empty,
  Ended,
  Length,
  More,
  Peak,
  Problem,
  Range,
  Section,
  Table,
  Time,
} from "/console/parts.js";
import { RoomNow } from "/console/room-now.js";
import { People } from "/console/room-people.js";
import { address } from "/console/route.js";
import { whoCanJoin } from "/console/words.js";

const EVERY_SECONDS = 5;

export const Overview = ({ roomId, read, call, rights, open }) => html`
  ${
    call !== undefined &&
    html`<${RoomNow} roomId=${roomId} room=${read.room} call=${call} rights=${rights} open=${open} />`
  }
  ${
    read.room &&
    html`<${Facts} room=${read.room} />
      <${People} read=${read} call=${call} rights=${rights} open=${open} />`
  }
  <${Calls} roomId=${roomId} />
`;

const Fact = ({ name, children }) => html`<div><dt>${name}</dt><dd>${children}</dd></div>`;

const Facts = ({ room }) => html`<dl class="facts">
  ${
    room.scheduledStart &&
    html`<${Fact} name="Scheduled">
      <${Range} from=${room.scheduledStart} until=${room.scheduledEnd} />
    <//>`
  }
  <${Fact} name="Open"><${Range} from=${room.validFrom} until=${room.validUntil} /><//>
  <${Fact} name="Who can join">${whoCanJoin(room)}<//>
  ${room.externalId && html`<${Fact} name="External id">${room.externalId}<//>`}
  <${Fact} name="Dial-out">${room.pstnDialOutEnabled ? "yes" : "no"}<//>
  <${Fact} name="Created"><${Time} of=${room.createdAt} /><//>
</dl>`;

const number = (name) => ({ name, number: true });

const CALLS = ["Started", "Ended", number("Length"), number("People"), number("Peak")];

function Calls({ roomId }) {
  const pages = usePages(ofRoom(roomId, "calls"), {}, [roomId], EVERY_SECONDS);
  const unknown = pages.failure?.status === 404;
  const none = unknown || (pages.ready && !pages.values.length);
  return html`<${Section} title="Calls">
    ${!unknown && html`<${Problem} failure=${pages.failure} />`}
    ${none && html`<${Empty} title="No calls yet."><p>A call is here once somebody joins.</p><//>`}
    ${
      pages.values.length > 0 &&
      html`<${Table}
          label="Calls"
          columns=${CALLS}
          rows=${pages.values.map((call) => callRow(roomId, call))}
        />
        <${More} pages=${pages} of="calls" />`
    }
  <//>`;
}

const callRow = (roomId, call) => ({
  key: call.id,
  cells: [
    html`<a href=${address(["room", roomId, "call", call.id])}>
      <${Time} of=${call.startedAt} estimated=${call.startEstimated} />
    </a>`,
    html`<${Ended} of=${call} />`,
    html`<${Length} seconds=${call.seconds ?? (serviceNow() - new Date(call.startedAt)) / 1000} />`,
    call.people,
    html`<${Peak} of=${call} />`,
  ],
});
