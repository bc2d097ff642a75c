// The charts of a call: a row of bars for each person, and the number of people beneath.

import { html } from "htm/preact";
import { percent, placeOf, tickText } from "/console/axis.js";
import { counts } from "/console/legs.js";
import { called, people as countedPeople, didNotJoin } from "/console/words.js";

/** The lines and the shade behind all rows. */
export const Grid = ({ span, ticks, slot }) => html`
  ${slot && html`<div class="slot" style=${between(slot.from, slot.until, span)}></div>`}
  ${ticks.map((time) => html`<div class="tick" style=${{ left: percent(placeOf(time, span)) }}></div>`)}
`;

export const Axis = ({ span, ticks }) => html`<div class="axis" aria-hidden="true">
  <div class="track">
    ${ticks.map(
      (time) =>
        html`<span style=${{ left: percent(placeOf(time, span)) }}>${tickText(time)}</span>`,
    )}
  </div>
</div>`;

/** A row for each person: bars for their legs, or that they did not join. */
export const Rows = ({ people, span }) => html`<div
  class="bars"
  role="img"
  aria-label=${summary(people)}
>
  ${people.map(
    (person, row) => html`<div class="row" key=${person.rawId}>
      <bdi class="name">${called(person)}</bdi>
      <div class="track">
        ${person.legs.map((leg, at) => html`<${Bar} leg=${leg} span=${span} place=${`${row} ${at}`} />`)}
        ${!person.legs.length && html`<span class="missed">${didNotJoin(person)}</span>`}
      </div>
    </div>`,
  )}
</div>`;

/** The devices of a person share the row. */
function Bar({ leg, span, place }) {
  const { lane, lanes, from, until, goesOn, estimated, estimatedFrom, estimatedUntil } = leg;
  const looks = { estimated, "goes-on": goesOn, "about-from": estimatedFrom };
  const classes = Object.entries({ ...looks, "about-until": estimatedUntil });
  return html`<i
    class=${["leg", ...classes.filter(([, on]) => on).map(([name]) => name)].join(" ")}
    data-place=${place}
    style=${{
      ...between(from, until, span),
      top: percent(lane / lanes),
      height: percent(1 / lanes),
      color: colorOf(leg),
    }}
  ></i>`;
}

/** Events may have any text as a role. The style sheet has a color for each role there is. */
const colorOf = ({ role }) =>
  /^[A-Za-z]+$/.test(role ?? "")
    ? `var(--role-${role.toLowerCase()}, var(--no-role))`
    : "var(--no-role)";

const between = (from, until, span) => ({
  left: percent(placeOf(from, span)),
  width: percent(placeOf(until, span) - placeOf(from, span)),
});

function summary(people) {
  const joined = people.filter(({ legs }) => legs.length).length;
  const absent = people.length - joined;
  const told = `${joined} joined${absent ? `, ${absent} did not` : ""}`;
  const all = countedPeople(people.length);
  return `Timeline of ${all}: ${told}. The attendance table has the times.`;
}

/** The number of people over time, until `end`. */
export function Counts({ people, span, end }) {
  const changes = counts(people).filter(({ time }) => time < end);
  const most = Math.max(1, ...changes.map(({ count }) => count));
  const x = (time) => (1000 * placeOf(time, span)).toFixed(2);
  const y = (count) => (100 * (1 - count / most)).toFixed(2);
  const stairs = changes.map(({ time, count }) => `H${x(time)}V${y(count)}`).join("");
  const line = `M${x(span.from)} ${y(0)}${stairs}H${x(end)}`;
  return html`<div class="counts" role="img" aria-label="Number of people over time">
    <span class="name">People<span class="most"> up to ${most}</span></span>
    <div class="track">
      <svg viewBox="0 0 1000 100" preserveAspectRatio="none">
        <path class="area" d=${`${line}V100Z`} />
        <path class="line" d=${line} />
      </svg>
    </div>
  </div>`;
}
