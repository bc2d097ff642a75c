// The rooms that start soon, and those that should have begun and have nobody in them.

import { html } from "htm/preact";
import { useFew } from "/console/few.js";
import { Empty, Loading, Problem, Section, Time } from "/console/parts.js";
import { address } from "/console/route.js";
import { HOURS } from "/console/scheduled.js";
import { length, people } from "/console/words.js";

const FEW = 10; // rooms that are shown at first

export function StartingSoon({ scheduled: { late, soon, at, failure }, now }) {
  const rooms = late && [...late, ...soon];
  const { shown, button } = useFew(rooms ?? [], FEW);
  return html`<${Section} title="Starting soon" note=${rooms?.length || ""}>
    <${Problem} failure=${failure} at=${at} />
    ${!rooms && !failure && html`<${Loading} lines=${3} />`}
    ${rooms?.length === 0 && html`<${Nothing} />`}
    ${
      shown.length > 0 &&
      html`<ul class="entries" aria-label="Starting soon">
        ${shown.map((room) => html`<${Entry} key=${room.id} room=${room} now=${now} />`)}
      </ul>`
    }
    ${button}
  <//>`;
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
