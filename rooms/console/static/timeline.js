// The timeline of a call: a row for each person, bars for their legs, and how many were present.

import { html } from "htm/preact";
import { useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import { clamp, drawnSchedule, extent, percent, placeOf, ticksOf } from "/console/axis.js";
import { Axis, Counts, Grid, Rows } from "/console/chart.js";
import { presentAt } from "/console/legs.js";
import { Moment, rank } from "/console/moment.js";
import { Role } from "/console/parts.js";
import { called, people as countedPeople, exact, exactLength } from "/console/words.js";

export function Timeline({ call, people, room, at }) {
  const [chosen, setChosen] = useState(null); // null: now, or when most people were present
  const [pointer, setPointer] = useState(null);
  const area = useRef();
  const width = useWidth(area);
  const span = extent(call, room, at);
  const live = call.endedAt === null;
  const known = { from: span.from, until: live ? at : span.until };
  const shown = clamp(chosen ?? (live || !call.peakAt ? at : Date.parse(call.peakAt)), known);
  const choose = (time) => setChosen(clamp(time, known));
  const timeAt = (event) => {
    const { left, right } = area.current.getBoundingClientRect();
    return span.from + ((event.clientX - left) / (right - left)) * (span.until - span.from);
  };
  const point = (event) => {
    const { clientX: x, clientY: y, target } = event;
    const time = timeAt(event);
    setPointer({ x, y, time: clamp(time, known), place: target.dataset.place });
  };
  const slot = drawnSchedule(room, span);
  // While the pointer and the slider move, only what follows them is drawn again.
  const drawn = useMemo(() => {
    const ticks = ticksOf(span, width);
    return html`
      <div class="grid" ref=${area}><${Grid} span=${span} ticks=${ticks} slot=${slot} /></div>
      <${Axis} span=${span} ticks=${ticks} />
      <${Rows} people=${people} span=${span} />
      <${Counts} people=${people} span=${span} end=${known.until} />
    `;
  }, [people, width, room]);
  return html`
    <${Legend} people=${people} scheduled=${slot !== null} />
    <div class="timeline" role="group" aria-label="Rows of the timeline" tabindex="0">
      <div
        class="plot"
        onClick=${(event) => choose(timeAt(event))}
        onPointerMove=${point}
        onPointerLeave=${() => setPointer(null)}
      >
        ${drawn}
        <div class="cursor">
          <div style=${{ left: percent(placeOf(shown, span)) }}></div>
        </div>
      </div>
    </div>
    ${pointer && html`<${Tip} pointer=${pointer} people=${people} />`}
    <${Moment} people=${people} span=${span} known=${known} time=${shown} choose=${choose} />
  `;
}

/** Returns the width of an element, in pixels. */
function useWidth(element) {
  const [width, setWidth] = useState(0);
  useLayoutEffect(() => {
    const observer = new ResizeObserver(([entry]) => setWidth(Math.floor(entry.contentRect.width)));
    observer.observe(element.current);
    return () => observer.disconnect();
  }, []);
  return width;
}

/** What is under the pointer: a leg with its exact times, or how many people were present. */
function Tip({ pointer: { x, y, time, place }, people }) {
  const [row, at] = (place ?? "").split(" ");
  const person = people[row];
  const leg = person?.legs[at];
  const side = x > innerWidth / 2 ? "left" : "right";
  return html`<div class=${`tip ${side}`} style=${{ left: `${x}px`, top: `${y}px` }} aria-hidden="true">
    ${leg ? html`<${OfLeg} person=${person} leg=${leg} />` : html`<${OfTime} people=${people} time=${time} />`}
  </div>`;
}

function OfLeg({ person, leg: { leg, from, until, goesOn, estimatedFrom, estimatedUntil, role } }) {
  const about = (estimated) => (estimated ? "≈ " : "");
  return html`
    <strong><bdi>${called(person)}</bdi></strong> <${Role} of=${role} />
    <div>${about(estimatedFrom)}${exact(from)}</div>
    <div>${goesOn ? "until now" : `until ${about(estimatedUntil)}${exact(leg.leftAt)}`}</div>
    <div>${exactLength((until - from) / 1000)}</div>
    ${leg.endpointType && html`<div class="faint">${leg.endpointType}</div>`}
  `;
}

const OfTime = ({ people, time }) => html`
  <strong>${countedPeople(presentAt(people, time).length)}</strong>
  <div>${exact(time)}</div>
`;

function Legend({ people, scheduled }) {
  const legs = people.flatMap((person) => person.legs);
  const roles = [...new Set(legs.map((leg) => leg.role))].sort((a, b) => rank(a) - rank(b));
  const estimated = legs.some((leg) => leg.estimated);
  return html`<p class="legend">
    ${roles.map((role) => html`<${Role} of=${role} />${" "}`)}
    ${scheduled && html`<span class="slot">scheduled time</span>${" "}`}
    ${estimated && html`<span class="estimated">≈ estimated, because an event is missing</span>`}
  </p>`;
}
