// Home: the live calls, and who is in them.

import { html } from "htm/preact";
import { filledPage } from "/console/api.js";
import { useFew } from "/console/few.js";
import { useLoaded, useNow } from "/console/loading.js";
import { Missing } from "/console/missing.js";
import {
  Guests,
  Heading,
  LastHeard,
  Loading,
  Person,
  Problem,
  Role,
  Since,
  Table,
  Time,
} from "/console/parts.js";
import { address } from "/console/route.js";
import { counted, people } from "/console/words.js";

const EVERY_SECONDS = 2;
const MOST_ROOMS = 200;
const FEW = 20; // people of a room that are shown at first
const COLUMNS = ["Person", "Role", "Joined", "Present for"];

async function liveRooms(signal) {
  return (await filledPage("/live", {}, signal, MOST_ROOMS)).value;
}

export function Home({ laptop }) {
  const { data: rooms, at, failure } = useLoaded(liveRooms, [], EVERY_SECONDS);
  const now = useNow();
  return html`
    <${Heading}>Home<//>
    <${Problem} failure=${failure} at=${at} />
    ${!rooms && !failure && html`<${Loading} />`}
    ${rooms && html`<p role="status">${summary(rooms)}</p>`}
    ${rooms?.length === 0 && html`<${Hint} laptop=${laptop} />`}
    <div class="cards">
      ${rooms?.map(
        (room) => html`<${Live} key=${room.roomId + room.callId} room=${room} now=${now} />`,
      )}
    </div>
    ${
      rooms?.length >= MOST_ROOMS &&
      html`<p class="faint">Only the first ${MOST_ROOMS} rooms are shown.</p>`
    }
  `;
}

function summary(rooms) {
  if (!rooms.length) return "No live calls.";
  const present = rooms.reduce((sum, room) => sum + room.count, 0);
  const over = rooms.filter(({ overdue }) => overdue).length;
  const calls = counted(rooms.length, "call");
  return `${people(present)} in ${calls}${over ? `, ${over} of them probably over` : ""}.`;
}

const Hint = ({ laptop }) => html`<p class="faint">
  A room appears here when the first event of its call arrives.
  ${laptop && html` <a href=${address(["play"])}>Play a meeting</a> to see one.`}
</p>`;

function Live({ room, now }) {
  const title = room.title ?? `Room ${room.roomId}`;
  const present = room.participants.toSorted((a, b) => a.joinedAt.localeCompare(b.joinedAt));
  const { shown, button } = useFew(present, FEW);
  return html`<section class=${room.overdue ? "card overdue" : "card"} aria-label=${title}>
    <h2><a href=${address(["room", room.roomId, "call", room.callId])}>${title}</a></h2>
    <p>
      <strong class="number">${people(room.count)}</strong>${" "}
      <span class="faint">
        for <${Since} time=${room.startedAt} now=${now} />, since${" "}
        <${Time} of=${room.startedAt} />${room.lastEventAt && ", "}
        <${LastHeard} of=${room} now=${now} />
      </span>${" "}
      <${Guests} room=${room} />
    </p>
    ${present.length > 0 && html`<${Present} title=${title} people=${shown} now=${now} />`}
    ${button}
    <${Missing} room=${room} title=${title} now=${now} />
  </section>`;
}

const Present = ({ title, people, now }) => html`
  <${Table} label=${`People in ${title}`} columns=${COLUMNS}>
    ${people.map(
      (person) => html`<tr key=${person.rawId}>
        <th scope="row"><${Person} of=${person} /></th>
        <td><${Role} of=${person.role} /></td>
        <td><${Time} of=${person.joinedAt} /></td>
        <td><${Since} time=${person.joinedAt} now=${now} /></td>
      </tr>`,
    )}
  <//>`;
