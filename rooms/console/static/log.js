// The log of a room: each record a sentence, with the record itself behind it.

import { html } from "htm/preact";
import { ofRoom } from "/console/api.js";
import { Field, Typed } from "/console/fields.js";
import { usePages } from "/console/loading.js";
import { Loading, More, Problem, Time } from "/console/parts.js";
import { replaceQuery } from "/console/route.js";
import { localized } from "/console/words.js";

const EVERY_SECONDS = 5;

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
  const pages = usePages(
    ofRoom(roomId, "log"),
    { kind, actor },
    [roomId, kind, actor],
    EVERY_SECONDS,
  );
  const actors = [...new Set(pages.values.map((record) => record.actor))];
  return html`
    <form class="filters" role="search" onSubmit=${(event) => event.preventDefault()}>
      <${Field} label="Kind">
        <select value=${kind ?? ""} onChange=${(event) => replaceQuery({ kind: event.target.value })}>
          <option value="">all</option>
          ${KINDS.map((each) => html`<option>${each}</option>`)}
        </select>
      <//>
      <${Field} label="Actor"><${Typed} list="actors" type="search" value=${actor} take=${(text) => replaceQuery({ actor: text })} placeholder="a key's name, event-grid" /><//>
      <datalist id="actors">${actors.map((each) => html`<option value=${each} />`)}</datalist>
    </form>
    <${Problem} failure=${pages.failure} />
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
