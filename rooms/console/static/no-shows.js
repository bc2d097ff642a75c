// Today's rooms whose scheduled time is over, with the people who were invited and did not come.

import { html } from "htm/preact";
import { serviceNow } from "/console/api.js";
import { Entries } from "/console/entries.js";
import { useLoaded } from "/console/loading.js";
import { About, Empty, Person, Role, Time } from "/console/parts.js";
import { address } from "/console/route.js";
import { evenly, wholeList } from "/console/whole-list.js";
import { counted } from "/console/words.js";

const EVERY_SECONDS = 60;
const MOST_ROOMS = 100;
const FEW = 5; // rooms that are shown at first
const FEW_PEOPLE = 3; // of a room

function load(signal) {
  const midnight = new Date(serviceNow());
  midnight.setHours(0, 0, 0, 0);
  return wholeList("/noShows", { from: midnight.toISOString() }, signal, MOST_ROOMS);
}

export function NoShows({ ready }) {
  const { data, at, failure } = useLoaded(load, [], evenly(EVERY_SECONDS), ready);
  const rooms = data?.value.toSorted((a, b) => b.scheduledEnd.localeCompare(a.scheduledEnd));
  return html`<${Entries}
    title="No-shows today"
    entries=${rooms}
    few=${FEW}
    entry=${(room) => html`<${Entry} key=${room.roomId} room=${room} />`}
    nothing=${html`<${Nothing} />`}
    failure=${failure}
    at=${at}
  />`;
}

const Nothing = () => html`<${Empty} title="Everyone who was invited today came.">
  <a href=${address(["report"])}>Look at a person’s week</a>
<//>`;

function Entry({ room }) {
  const others = room.absentCount - Math.min(room.absent.length, FEW_PEOPLE);
  return html`<li>
    <${Time} of=${room.scheduledStart} />
    <a href=${address(["room", room.roomId, "call"])}>${room.title ?? `Room ${room.roomId}`}</a>
    <ul class="who">
      ${room.absent.slice(0, FEW_PEOPLE).map((person) => html`<${Absent} key=${person.rawId} person=${person} />`)}
    </ul>
    ${room.error && html`<p class="notice">Its calls have too many events to be read here.</p>`}
    ${others > 0 && html`<p class="faint">and ${counted(others, "other person", "other people")}</p>`}
  </li>`;
}

function Absent({ person }) {
  const report = address(["report"], { person: person.externalId ?? person.rawId });
  return html`<li>
    <a href=${report}><${About} estimated=${person.estimated} /><${Person} of=${person} /></a>
    ${" "}<${Role} of=${person.role} />
  </li>`;
}
