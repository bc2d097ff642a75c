// A live call: who is in it, who is missing, and how old its last event is.

import { html } from "htm/preact";
import { useFew } from "/console/few.js";
import { Missing } from "/console/missing.js";
import { Guests, LastHeard, Person, Role, Since, Time } from "/console/parts.js";
import { address } from "/console/route.js";
import { people } from "/console/words.js";

const FEW = 8; // people who are shown at first

export function LiveCard({ room, now }) {
  const title = room.title ?? `Room ${room.roomId}`;
  const present = room.participants.toSorted((a, b) => a.joinedAt.localeCompare(b.joinedAt));
  const { shown, button } = useFew(present, FEW);
  return html`<article class=${room.overdue ? "card overdue" : "card"} aria-label=${title}>
    <h3>
      <a href=${address(["room", room.roomId, "call", room.callId])}>${title}</a>
      <${Guests} room=${room} />
    </h3>
    <p class="faint">
      <strong>${people(room.count)}</strong>, for <${Since} time=${room.startedAt} now=${now} />
      ${" "}since <${Time} of=${room.startedAt} />${room.lastEventAt && ", "}
      <${LastHeard} of=${room} now=${now} />
    </p>
    ${
      present.length > 0 &&
      html`<ul class="who" aria-label=${`People in ${title}`}>
        ${shown.map((person) => html`<${Present} key=${person.rawId} person=${person} now=${now} />`)}
      </ul>`
    }
    ${button}
    <${Missing} room=${room} title=${title} now=${now} />
  </article>`;
}

const Present = ({ person, now }) => html`<li>
  <${Person} of=${person} /> <${Role} of=${person.role} />
  <${Since} time=${person.joinedAt} now=${now} />
</li>`;
