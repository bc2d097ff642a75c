// The people present at one time, by role, and the slider that chooses it.

import { html } from "htm/preact";
import { percent, placeOf } from "/console/axis.js";
import { useFew } from "/console/few.js";
import { covers, presentAt } from "/console/legs.js";
import { Person, Role } from "/console/parts.js";
import { people as countedPeople, exact, toTheSecond } from "/console/words.js";

const STEP = 1_000; // milliseconds by which an arrow key moves the slider
const FEW = 24; // people of a role that are shown at first
const ROLES = ["Presenter", "Collaborator", "Attendee", "Consumer"];

export function Moment({ people, span, known, time, choose }) {
  const present = presentAt(people, time);
  const count = countedPeople(present.length);
  const steps = Math.ceil((known.until - known.from) / STEP);
  const byRole = Map.groupBy(present, (person) => roleAt(person, time));
  return html`
    <div class="moment">
      <input
        type="range"
        aria-label="Time on the timeline"
        style=${{ "--known": percent(placeOf(known.until, span)) }}
        min=${known.from}
        max=${known.from + steps * STEP}
        step=${STEP}
        value=${time}
        aria-valuetext=${`${toTheSecond(time)}: ${count}`}
        onInput=${(event) => choose(Number(event.target.value))}
      />
    </div>
    <div class="present" role="group" aria-label="People present">
      <p>
        <strong>${count}</strong> present at${" "}
        <time datetime=${new Date(time).toISOString()} title=${exact(time)}>${toTheSecond(time)}</time>
        <span class="faint"> Drag, use the arrow keys, or click the timeline.</span>
      </p>
      <div class="roles">
        ${[...byRole.keys()]
          .sort((a, b) => rank(a) - rank(b))
          .map(
            (role) => html`<${InRole}
              key=${role}
              role=${role}
              people=${byRole.get(role)}
            />`,
          )}
      </div>
    </div>
  `;
}

const roleAt = (person, time) => person.legs.findLast((leg) => covers(leg, time))?.role;

/** Roles in the order of what they may do, then others, and people without one. */
export function rank(role) {
  if (!role) return ROLES.length + 1;
  const known = ROLES.indexOf(role);
  return known < 0 ? ROLES.length : known;
}

function InRole({ role, people }) {
  const { shown, button } = useFew(people, FEW);
  return html`<div role="group" aria-label=${role ?? "No role"}>
    <h3><${Role} of=${role} /> <span class="faint">${people.length}</span></h3>
    <ul class="people">
      ${shown.map((person) => html`<li key=${person.rawId}><${Person} of=${person} /></li>`)}
    </ul>
    ${button}
  </div>`;
}
