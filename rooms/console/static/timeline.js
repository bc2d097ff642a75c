// The timeline of a call: a row for each person, bars for their legs, and how many were present.

import { html } from "htm/preact";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { charts, clamp, draw, extent, showsSchedule } from "/console/chart.js";
import { covers, presentAt } from "/console/legs.js";
import { Person, Role } from "/console/parts.js";
import { people as countedPeople, exact } from "/console/words.js";

const COUNT_LABEL = "Number of people over time";
const STEP = 1_000; // milliseconds by which an arrow key moves the slider

export function Timeline({ call, people, room, at }) {
  const [chosen, setChosen] = useState(null); // null: now, or when most people were present
  const rows = useRef();
  const beneath = useRef();
  const span = extent(call, room, at);
  const { scale, missing } = useCharts(rows, beneath, span, { call, people, room, at });
  const live = call.endedAt === null;
  const known = { from: span.from, until: live ? at : span.until };
  const shown = clamp(chosen ?? (live || !call.peakAt ? at : Date.parse(call.peakAt)), known);
  const choose = (time) => setChosen(clamp(time, known));
  const click = (event) => {
    if (!scale) return;
    const { left } = rows.current.getBoundingClientRect();
    choose(Number(scale.invert(event.clientX - left)));
  };
  return html`
    <${Legend} people=${people} scheduled=${showsSchedule(room, span)} />
    ${
      missing &&
      html`<p class="problem" role="alert">The chart library did not load. Reload the page.</p>`
    }
    <div class="timeline" onPointerDownCapture=${withoutPinning}>
      <div
        class="rows"
        ref=${rows}
        onClick=${click}
        tabindex="0"
        role="img"
        aria-label=${summary(people)}
      ></div>
      <div ref=${beneath} onClick=${click} role="img" aria-label=${COUNT_LABEL}></div>
      ${scale && html`<div class="cursor" style=${{ left: `${scale.apply(shown)}px` }}></div>`}
    </div>
    <${Present} people=${people} known=${known} time=${shown} choose=${choose} />
  `;
}

/** Draws the charts when their data or the width change; returns the scale of their times. */
function useCharts(rows, beneath, span, { call, people, room, at }) {
  const [Plot, setPlot] = useState(null);
  const [missing, setMissing] = useState(false);
  const [width, setWidth] = useState(0);
  const [scale, setScale] = useState(null);
  useEffect(() => {
    charts().then(
      (library) => setPlot(() => library),
      () => setMissing(true),
    );
  }, []);
  useLayoutEffect(() => {
    const observer = new ResizeObserver(([entry]) => setWidth(Math.floor(entry.contentRect.width)));
    observer.observe(rows.current);
    return () => observer.disconnect();
  }, []);
  useEffect(() => {
    if (!Plot || !width) return;
    const drawn = draw(Plot, width, span, call, people, room, at);
    rows.current.replaceChildren(drawn.charts[0]);
    beneath.current.replaceChildren(drawn.charts[1]);
    setScale(() => drawn.scale);
  }, [Plot, width, people, room, call]);
  return { scale, missing };
}

/** Plot would pin its tip where the chart is clicked; a click chooses a time instead. */
const withoutPinning = (event) => event.stopPropagation();

/** The people present at one time, and the slider that chooses it. */
function Present({ people, known, time, choose }) {
  const present = presentAt(people, time);
  const count = countedPeople(present.length);
  const iso = new Date(time).toISOString();
  const steps = Math.ceil((known.until - known.from) / STEP);
  return html`
    <label class="field moment">
      <span>People present at this time (drag, use the arrow keys, or click the chart)</span>
      <input
        type="range"
        min=${known.from}
        max=${known.from + steps * STEP}
        step=${STEP}
        value=${time}
        aria-valuetext=${`${exact(time)}: ${count}`}
        onInput=${(event) => choose(Number(event.target.value))}
      />
    </label>
    <div role="group" aria-label="People present">
      <p>
        <strong>${count}</strong> present at${" "}
        <time datetime=${iso}>${exact(time)}</time>${present.length ? ":" : "."}
      </p>
      <ul class="people">
        ${present.map(
          (person) => html`<li key=${person.rawId}>
            <${Person} of=${person} /> <${Role} of=${roleAt(person, time)} />
          </li>`,
        )}
      </ul>
    </div>
  `;
}

const roleAt = (person, time) => person.legs.findLast((leg) => covers(leg, time))?.role;

function Legend({ people, scheduled }) {
  const legs = people.flatMap((person) => person.legs);
  const roles = [...new Set(legs.map((leg) => leg.role))];
  const estimated = legs.some((leg) => leg.estimated);
  return html`<p class="legend">
    ${roles.map((role) => html`<${Role} of=${role} />${" "}`)}
    ${scheduled && html`<span class="slot">scheduled time</span>${" "}`}
    ${estimated && html`<span class="estimated">≈ estimated, because an event is missing</span>`}
  </p>`;
}

function summary(people) {
  const joined = people.filter(({ legs }) => legs.length).length;
  const absent = people.length - joined;
  const counts = `${joined} joined${absent ? `, ${absent} did not` : ""}`;
  const all = countedPeople(people.length);
  return `Timeline of ${all}: ${counts}. The attendance table has the times.`;
}
