// Now: rooms with a live call, and who is in them.

import { html } from "htm/preact";
import { useState } from "preact/hooks";
import { filledPage } from "/console/api.js";
import { useLoaded, useNow } from "/console/loading.js";
import { Heading, Loading, Person, Problem, Role, Since, Table, Time } from "/console/parts.js";
import { address } from "/console/route.js";
import { counted } from "/console/words.js";

const EVERY_SECONDS = 2;
const MOST_ROOMS = 200;
const FEW = 20; // people shown of a room at first

export function Now({ laptop }) {
  const {
    data: rooms,
    at,
    failure,
  } = useLoaded(
    async (signal) => (await filledPage("/live", {}, signal, MOST_ROOMS)).value,
    [],
    EVERY_SECONDS,
  );
  const now = useNow();
  const people = rooms?.reduce((sum, room) => sum + room.count, 0);
  return html`
    <${Heading}>Now<//>
    <${Problem} failure=${failure} at=${at} />
    ${!rooms && !failure && html`<${Loading} />`}
    ${
      rooms &&
      html`<p role="status">${
        rooms.length
          ? `${counted(people, "person", "people")} in ${counted(rooms.length, "call")}.`
          : "No call is going on."
      }</p>`
    }
    ${rooms?.length === 0 && html`<p class="faint">A room appears here as soon as the first event of its call arrives.${laptop && html` <a href=${address(["play"])}>Play a meeting</a> to see one.`}</p>`}
    <div class="cards">${rooms?.map((room) => html`<${Live} key=${room.roomId + room.callId} room=${room} now=${now} />`)}</div>
    ${rooms?.length >= MOST_ROOMS && html`<p class="faint">These are the first ${MOST_ROOMS} rooms.</p>`}
  `;
}

function Live({ room, now }) {
  const [whole, setWhole] = useState(false);
  const people = room.participants.toSorted((one, other) =>
    one.joinedAt.localeCompare(other.joinedAt),
  );
  const title = room.title ?? `Room ${room.roomId}`;
  return html`<section class="card" aria-label=${title}>
    <h2><a href=${address(["room", room.roomId, "call", room.callId])}>${title}</a></h2>
    <p>
      <strong class="number">${counted(room.count, "person", "people")}</strong>${" "}
      <span class="faint">for <${Since} time=${room.startedAt} now=${now} />, since <${Time} of=${room.startedAt} /></span>
    </p>
    ${
      people.length > 0 &&
      html`<${Table} label=${`Who is in ${title}`} columns=${["Who", "Role", "Since", "For"]}>
      ${people.slice(0, whole ? undefined : FEW).map(
        (one) => html`<tr key=${one.rawId}>
        <th scope="row"><${Person} of=${one} /></th>
        <td><${Role} of=${one.role} /></td>
        <td><${Time} of=${one.joinedAt} /></td>
        <td><${Since} time=${one.joinedAt} now=${now} /></td>
      </tr>`,
      )}
    <//>`
    }
    ${people.length > FEW && html`<button type="button" onClick=${() => setWhole(!whole)}>${whole ? `Only ${FEW}` : `All ${people.length}`}</button>`}
  </section>`;
}
