// Rooms: the list, newest first, and what it is filtered by.

import { html } from "htm/preact";
import { serviceNow } from "/console/api.js";
import { At, Field, Typed } from "/console/fields.js";
import { usePages } from "/console/loading.js";
import { Heading, Loading, More, Problem, State, Table, Time } from "/console/parts.js";
import { address, replaceQuery } from "/console/route.js";

export function Rooms({ route }) {
  const { title, state, participant, from, until } = route.query;
  const query = { title, state, participant, from, until };
  const pages = usePages("/rooms", query, Object.values(query));
  const filtered = Object.values(query).some(Boolean);
  const take = (name) => (value) => replaceQuery({ [name]: value });
  return html`
    <${Heading}>Rooms<//>
    <form class="filters" role="search" onSubmit=${(event) => event.preventDefault()}>
      <${Field} label="Title has"><${Typed} type="search" value=${title} take=${take("title")} /><//>
      <${Field} label="State">
        <select value=${state ?? ""} onChange=${(event) => take("state")(event.target.value)}>
          <option value="">any</option>
          <option>open</option><option>upcoming</option><option>expired</option>
        </select>
      <//>
      <${Field} label="Invited (raw id)"><${Typed} type="search" value=${participant} take=${take("participant")} placeholder="8:acs:…" /><//>
      <${Field} label="Open from"><${At} value=${from} take=${take("from")} /><//>
      <${Field} label="until"><${At} value=${until} take=${take("until")} /><//>
    </form>
    <${Problem} failure=${pages.failure} />
    ${pages.loading && !pages.ready && html`<${Loading} />`}
    ${
      pages.ready &&
      !pages.values.length &&
      html`<p role="status">${
        filtered
          ? "No room is so."
          : "There are no rooms yet. Your backend makes them with the SDK; rooms create makes one on the command line."
      }</p>`
    }
    ${
      pages.values.length > 0 &&
      html`
      <${Table} label="Rooms" columns=${["Room", "State", "Open from", "Until", "Created"]}>
        ${pages.values.map(
          (room) => html`<tr key=${room.id}>
          <th scope="row">
            <a href=${address(["room", room.id])}>${room.title ?? room.id}</a>
            ${room.title && html`<br /><code class="faint">${room.id}</code>`}
          </th>
          <td><${State} of=${stateOf(room)} /></td>
          <td><${Time} of=${room.validFrom} /></td>
          <td><${Time} of=${room.validUntil} /></td>
          <td><${Time} of=${room.createdAt} /></td>
        </tr>`,
        )}
      <//>
      <${More} pages=${pages} of="rooms" />`
    }
  `;
}

function stateOf(room) {
  const now = serviceNow();
  if (now < new Date(room.validFrom)) return "upcoming";
  return now < new Date(room.validUntil) ? "open" : "expired";
}
