// Rooms: the list, newest first, and its filters.

import { html } from "htm/preact";
import { serviceNow } from "/console/api.js";
import { At, Field, Typed } from "/console/fields.js";
import { usePages } from "/console/loading.js";
import {
  AtAcs,
  Guests,
  Heading,
  Loading,
  More,
  Problem,
  Range,
  State,
  Table,
  Time,
} from "/console/parts.js";
import { address, replaceQuery } from "/console/route.js";

// Without a filter, a request with a token is for the list of ACS, which has no titles.
const EVER = "0001-01-01T00:00:00Z";

const STATES = ["open", "upcoming", "expired"];

export function Rooms({ route }) {
  const { title, state, participant, from, until } = route.query;
  const query = { title, state, participant, from, until };
  const asked = { ...query, from: from || EVER };
  const pages = usePages("/rooms", asked, Object.values(query));
  const filtered = Object.values(query).some(Boolean);
  return html`
    <${Heading}>Rooms<//>
    <${Filters} query=${query} />
    <${Problem} failure=${pages.failure} />
    ${pages.loading && !pages.ready && html`<${Loading} />`}
    ${pages.ready && !pages.values.length && html`<${Nothing} filtered=${filtered} />`}
    ${pages.values.length > 0 && html`<${List} pages=${pages} />`}
  `;
}

function Filters({ query }) {
  const take = (name) => (value) => replaceQuery({ [name]: value });
  return html`<form class="filters" role="search" onSubmit=${(event) => event.preventDefault()}>
    <${Field} label="Title contains">
      <${Typed} type="search" value=${query.title} take=${take("title")} />
    <//>
    <${Field} label="State">
      <select value=${query.state ?? ""} onChange=${(event) => take("state")(event.target.value)}>
        <option value="">any</option>
        ${STATES.map((state) => html`<option>${state}</option>`)}
      </select>
    <//>
    <${Field} label="Participant (raw id)">
      <${Typed}
        type="search"
        value=${query.participant}
        take=${take("participant")}
        placeholder="8:acs:…"
      />
    <//>
    <${Field} label="Open from"><${At} value=${query.from} take=${take("from")} /><//>
    <${Field} label="Open until"><${At} value=${query.until} take=${take("until")} /><//>
  </form>`;
}

const Nothing = ({ filtered }) => html`<p role="status">
  ${
    filtered
      ? "No rooms match these filters."
      : html`No rooms yet. Create one with the SDK, or with <code>rooms create</code>.`
  }
</p>`;

const List = ({ pages }) => html`
  <${Table} label="Rooms" columns=${["Room", "State", "Open", "Created"]}>
    ${pages.values.map(
      (room) => html`<tr key=${room.id}>
        <th scope="row">
          <a href=${address(["room", room.id])}>${room.title ?? room.id}</a>
          ${room.title && html`<br /><code class="faint">${room.id}</code>`}
        </th>
        <td>
          <${State} of=${stateOf(room)} /> <${Guests} room=${room} /><${AtAcs} room=${room} />
        </td>
        <td><${Range} from=${room.validFrom} until=${room.validUntil} /></td>
        <td><${Time} of=${room.createdAt} /></td>
      </tr>`,
    )}
  <//>
  <${More} pages=${pages} of="rooms" />`;

function stateOf(room) {
  const now = serviceNow();
  if (now < new Date(room.validFrom)) return "upcoming";
  return now < new Date(room.validUntil) ? "open" : "expired";
}
