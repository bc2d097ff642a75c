// The log of a room: each record as a sentence, with the record itself behind it.

import { html } from "htm/preact";
import { enumOf, ofRoom } from "/console/api.js";
import { Field, Typed } from "/console/fields.js";
import { useLoaded, usePages } from "/console/loading.js";
import { Empty, Loading, More, Problem, Time } from "/console/parts.js";
import { replaceQuery } from "/console/route.js";
import { revealed } from "/console/shown.js";
import { localized } from "/console/words.js";

const EVERY_SECONDS = 5;
const LATE = 60_000; // milliseconds after which the time of arrival is told

export function Log({ roomId, route }) {
  const { kind, actor } = route.query;
  const inputs = [roomId, kind, actor];
  const pages = usePages(ofRoom(roomId, "log"), { kind, actor }, inputs, EVERY_SECONDS);
  return html`
    <${Filters} kind=${kind} actor=${actor} records=${pages.values} />
    <${Problem} failure=${pages.failure} />
    ${pages.loading && !pages.ready && html`<${Loading} />`}
    ${pages.ready && !pages.values.length && html`<${None} filtered=${Boolean(kind || actor)} />`}
    <ol class="log">
      ${pages.values.map((record) => html`<${Entry} key=${record.id} record=${record} />`)}
    </ol>
    <${More} pages=${pages} of="records" />
  `;
}

function None({ filtered }) {
  if (!filtered) return html`<${Empty} title="No records yet."><p>Each change makes one.</p><//>`;
  const all = () => replaceQuery({ kind: "", actor: "" });
  return html`<${Empty} title="No records match these filters.">
    <button type="button" onClick=${all}>Show all records</button>
  <//>`;
}

function Filters({ kind, actor, records }) {
  const kinds = useLoaded((signal) => enumOf("LogKind", signal), []);
  const known = kinds.data ?? (kind ? [kind] : []); // until the service has named them all
  const actors = [...new Set(records.map((record) => record.actor))];
  return html`
    <form class="filters" role="search" onSubmit=${(event) => event.preventDefault()}>
      <${Field} label="Kind">
        <select
          value=${kind ?? ""}
          onChange=${(event) => replaceQuery({ kind: event.target.value })}
        >
          <option value="">all</option>
          ${known.map((each) => html`<option>${each}</option>`)}
        </select>
      <//>
      <${Field} label="Actor">
        <${Typed}
          list="actors"
          type="search"
          value=${actor}
          take=${(text) => replaceQuery({ actor: text })}
          placeholder="a key's name, event-grid"
        />
      <//>
      <datalist id="actors">${actors.map((each) => html`<option value=${each} />`)}</datalist>
    </form>
    <${Problem} failure=${kinds.failure} />
  `;
}

/** When a record arrived, if that was long after its time. */
const Arrival = ({ of: { time, receivedAt } }) =>
  receivedAt &&
  new Date(receivedAt) - new Date(time) > LATE &&
  html`${" "}<span class="faint"
      >(arrived at <${Time} of=${receivedAt} day=${new Date(time)} />)</span
    >`;

const Entry = ({ record }) => html`<li>
  <details>
    <summary>
      <${Time} of=${record.time} /> <span class="actor">${record.actor}</span>${" "}
      ${record.onBehalfOf && html`<span class="actor">for “<bdi>${record.onBehalfOf}</bdi>”</span> `}
      <span class="text">${localized(record.text)}<${Arrival} of=${record} /></span>
    </summary>
    <pre tabindex="0">${revealed(JSON.stringify(record, null, 2))}</pre>
  </details>
</li>`;
