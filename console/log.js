// The log of a room: each record a sentence, with the record itself behind it.

import { html } from "htm/preact";
import { ofRoom } from "/console/api.js";
import { usePages } from "/console/loading.js";
import { Field, Loading, More, Problem, Time } from "/console/parts.js";
import { replaceQuery } from "/console/route.js";
import { localized } from "/console/words.js";

const KINDS = [
  "RoomCreated",
  "RoomUpdated",
  "RoomDeleted",
  "ParticipantsUpdated",
  "DetailsUpdated",
  "Admitted",
  "Refused",
  "CallStarted",
  "CallEnded",
  "ParticipantAdded",
  "ParticipantRemoved",
];

export function Log({ roomId, route }) {
  const { kind, actor } = route.query;
  const pages = usePages(ofRoom(roomId, "log"), { kind, actor }, [roomId, kind, actor]);
  const actors = [...new Set(pages.values.map((record) => record.actor))];
  const set = (name) => (event) => replaceQuery(route, { [name]: event.target.value.trim() });
  return html`
    <form class="filters" role="search" onSubmit=${(event) => event.preventDefault()}>
      <${Field} label="Kind">
        <select value=${kind ?? ""} onChange=${set("kind")}>
          <option value="">all</option>
          ${KINDS.map((each) => html`<option>${each}</option>`)}
        </select>
      <//>
      <${Field} label="Actor"><input list="actors" type="search" value=${actor ?? ""} onChange=${set("actor")} placeholder="a key's name, event-grid" /><//>
      <datalist id="actors">${actors.map((each) => html`<option value=${each} />`)}</datalist>
      <button type="button" onClick=${pages.reload}>Refresh</button>
    </form>
    <${Problem} failure=${pages.failure} reload=${pages.reload} />
    ${pages.loading && !pages.ready && html`<${Loading} />`}
    ${pages.ready && !pages.values.length && html`<p role="status">No records.</p>`}
    <ol class="log">
      ${pages.values.map(
        (record) => html`<li key=${record.id}>
        <details>
          <summary>
            <${Time} of=${record.time} /> <span class="actor">${record.actor}</span> <span class="text">${localized(record.text)}</span>
          </summary>
          <pre tabindex="0">${JSON.stringify(record, null, 2)}</pre>
        </details>
      </li>`,
      )}
    </ol>
    <${More} pages=${pages} of="records" />
  `;
}
