// The rooms that start soon, and those that should have begun and have nobody in them.

import { html } from "htm/preact";
import { Entries } from "/console/entries.js";
import { Empty, Time } from "/console/parts.js";
import { address } from "/console/route.js";
import { HOURS } from "/console/scheduled.js";
import { length, people } from "/console/words.js";

const FEW = 10; // rooms that are shown at first

export function StartingSoon({ scheduled: { late, soon, at, failure }, now }) {
  return html`<${Entries}
    title="Starting soon"
    entries=${late && [...late, ...soon]}
    few=${FEW}
    entry=${(room) => html`<${Entry} key=${room.id} room=${room} now=${now} />`}
    nothing=${html`<${Nothing} />`}
    failure=${failure}
    at=${at}
  />`;
}

const Nothing = () => html`<${Empty} title=${`Nothing is scheduled in the next ${HOURS} hours.`}>
  <a href=${address(["rooms"], { show: "next" })}>All rooms that come next</a>
<//>`;

function Entry({ room, now }) {
  const seconds = (now - new Date(room.scheduledStart)) / 1000;
  const late = seconds >= 0;
  return html`<li>
    <${Time} of=${room.scheduledStart} />
    <a href=${address(["room", room.id])}>${room.title ?? `Room ${room.id}`}</a>
    <p class=${late ? "notice" : "faint"}>
      ${
        late
          ? `should have begun ${length(seconds)} ago, nobody is there`
          : `in ${length(-seconds)}, ${people(room.people)}`
      }
    </p>
  </li>`;
}
