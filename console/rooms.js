// Rooms: the list, newest first, and what it is filtered by.

import { html } from "htm/preact";
import { useEffect, useState } from "preact/hooks";
import { usePages } from "/console/loading.js";
import { Field, Heading, Loading, More, Problem, State, Table, Time } from "/console/parts.js";
import { address, replaceQuery } from "/console/route.js";
import { fromField, toField } from "/console/words.js";

const TYPING_MILLISECONDS = 300;

export function Rooms({ route }) {
  const { title, state, participant, from, until } = route.query;
  const query = { title, state, participant, from, until };
  const pages = usePages("/rooms", query, Object.values(query));
  const filtered = Object.values(query).some(Boolean);
  const set = (name) => (value) => replaceQuery(route, { [name]: value });
  return html`
    <${Heading}>Rooms<//>
    <form class="filters" role="search" onSubmit=${(event) => event.preventDefault()}>
      <${Field} label="Title has"><${Typed} type="search" value=${title} set=${set("title")} /><//>
      <${Field} label="State">
        <select value=${state ?? ""} onChange=${(event) => set("state")(event.target.value)}>
          <option value="">any</option>
          <option>open</option><option>upcoming</option><option>expired</option>
        </select>
      <//>
      <${Field} label="Invited (raw id)"><${Typed} type="search" value=${participant} set=${set("participant")} placeholder="8:acs:…" /><//>
      <${Field} label="Open from"><${At} value=${from} set=${set("from")} /><//>
      <${Field} label="until"><${At} value=${until} set=${set("until")} /><//>
    </form>
    <${Problem} failure=${pages.failure} reload=${pages.reload} />
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
  const now = Date.now();
  if (now < new Date(room.validFrom)) return "upcoming";
  return now < new Date(room.validUntil) ? "open" : "expired";
}

/** A text that is taken when typing has paused. */
function Typed({ value = "", set, ...rest }) {
  const [text, setText] = useState(value);
  useEffect(() => setText(value), [value]);
  useEffect(() => {
    if (text.trim() === value) return undefined;
    const timer = setTimeout(() => set(text.trim()), TYPING_MILLISECONDS);
    return () => clearTimeout(timer);
  }, [text]);
  return html`<input ...${rest} value=${text} onInput=${(event) => setText(event.target.value)} />`;
}

const At = ({ value, set }) => html`<input type="datetime-local" value=${value ? toField(value) : ""}
  onChange=${(event) => set(fromField(event.target.value))} />`;
