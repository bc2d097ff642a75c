// The filters of the list of rooms. They are in the address.

import { html } from "htm/preact";
import { useState } from "preact/hooks";
import { At, Field, Typed } from "/console/fields.js";
import { replaceQuery } from "/console/route.js";

const STATES = ["open", "upcoming", "expired"];

const FILTERS = [
  "title",
  "name",
  "externalId",
  "participant",
  "state",
  "scheduledFrom",
  "scheduledUntil",
  "from",
  "until",
];

/** Returns the filters of an address that are set. They are named as in the API. */
export const filtersIn = (query) =>
  Object.fromEntries(FILTERS.filter((name) => query[name]).map((name) => [name, query[name]]));

const NONE = Object.fromEntries(FILTERS.map((name) => [name, ""]));

function clear({ target }) {
  target.form.elements[0].focus(); // the button goes
  replaceQuery(NONE);
}

/** The fields; on a phone behind a button, which says how many are set. */
export function RoomFilters({ query, withState }) {
  const [open, setOpen] = useState(false);
  const active = Object.keys(filtersIn(query)).length;
  return html`
    <button
      type="button"
      class="filters-button"
      aria-expanded=${open}
      aria-controls="filters"
      onClick=${() => setOpen(!open)}
    >
      ${active ? `Filters (${active})` : "Filters"}
    </button>
    <form
      id="filters"
      class=${open ? "filters" : "filters folded"}
      role="search"
      onSubmit=${(event) => event.preventDefault()}
    >
      <${Text} label="Title contains" name="title" query=${query} />
      <${Text} label="Name of a person contains" name="name" query=${query} />
      <${Text} label="External id" name="externalId" query=${query} />
      <${Text}
        label="Participant (raw id)"
        name="participant"
        query=${query}
        placeholder="8:acs:…"
      />
      ${withState && html`<${State} query=${query} />`}
      <${When} label="Scheduled from" name="scheduledFrom" query=${query} />
      <${When} label="Scheduled until" name="scheduledUntil" query=${query} />
      <${When} label="Open from" name="from" query=${query} />
      <${When} label="Open until" name="until" query=${query} />
      ${
        active > 0 &&
        html`<button type="button" class="quiet" onClick=${clear}>
          Clear filters
        </button>`
      }
    </form>
  `;
}

const Text = ({ label, name, query, ...rest }) => html`<${Field} label=${label}>
  <${Typed}
    type="search"
    value=${query[name]}
    take=${(text) => replaceQuery({ [name]: text })}
    ...${rest}
  />
<//>`;

const When = ({ label, name, query }) => html`<${Field} label=${label}>
  <${At} value=${query[name]} take=${(time) => replaceQuery({ [name]: time })} />
<//>`;

const State = ({ query }) => html`<${Field} label="State">
  <select
    value=${query.state ?? ""}
    onChange=${(event) => replaceQuery({ state: event.target.value })}
  >
    <option value="">any</option>
    ${STATES.map((state) => html`<option>${state}</option>`)}
  </select>
<//>`;
