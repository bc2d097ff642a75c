// The timeline of a call: a row for each person, bars for their legs, and beneath how many were in.

import { html } from "htm/preact";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { charts, clamp, draw, extent, showsSchedule } from "/console/chart.js";
import { Person, Role } from "/console/parts.js";
import { covers, presentAt } from "/console/stays.js";
import { counted, exact } from "/console/words.js";

const STEP = 1_000; // milliseconds that an arrow key moves the slider by

export function Timeline({ call, people, room, at }) {
  const [Plot, setPlot] = useState(null);
  const [missing, setMissing] = useState(false);
  const [width, setWidth] = useState(0);
  const [moment, setMoment] = useState(null); // null: now, or when most were in
  const rows = useRef();
  const beneath = useRef();
  const [scale, setScale] = useState(null);
  const span = extent(call, room, at);
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
  const live = call.endedAt === null;
  const told = { from: span.from, until: live ? at : span.until }; // of later nothing is known
  const shown = clamp(moment ?? (live || !call.peakAt ? at : Date.parse(call.peakAt)), told);
  const present = presentAt(people, shown);
  const point = (event) => {
    if (!scale) return;
    const { left } = rows.current.getBoundingClientRect();
    setMoment(clamp(Number(scale.invert(event.clientX - left)), told));
  };
  return html`
    <${Legend} people=${people} slot=${showsSchedule(room, span)} />
    ${missing && html`<p class="problem" role="alert">The chart cannot be drawn now, as its library was not answered. Load the page again.</p>`}
    <div class="timeline" onPointerDownCapture=${withoutPinning}>
      <div class="rows" ref=${rows} onClick=${point} tabindex="0" role="img" aria-label=${summary(people)}></div>
      <div class="beneath" ref=${beneath} onClick=${point} role="img" aria-label="How many people were in the call over time"></div>
      ${scale && html`<div class="cursor" style=${{ left: `${scale.apply(shown)}px` }}></div>`}
    </div>
    <label class="field moment">
      <span>Who was in at this moment (move it, or click into the chart)</span>
      <input type="range" min=${told.from} max=${told.from + Math.ceil((told.until - told.from) / STEP) * STEP} step=${STEP} value=${shown} aria-valuetext=${`${exact(shown)}: ${counted(present.length, "person", "people")}`}
        onInput=${(event) => setMoment(clamp(Number(event.target.value), told))} />
    </label>
    <div role="group" aria-label="Who was in">
      <p><strong>${counted(present.length, "person", "people")}</strong> in at <time datetime=${new Date(shown).toISOString()}>${exact(shown)}</time>${present.length ? ":" : "."}</p>
      <ul class="people">${present.map((one) => html`<li key=${one.rawId}><${Person} of=${one} /> <${Role} of=${roleAt(one, shown)} /></li>`)}</ul>
    </div>
  `;
}

/** Plot would keep a tip where the chart was clicked; a click is for the moment. */
const withoutPinning = (event) => event.stopPropagation();

function roleAt(one, time) {
  return one.legs.findLast((leg) => covers(leg, time))?.role;
}

function Legend({ people, slot }) {
  const legs = people.flatMap((one) => one.legs);
  const roles = [...new Set(legs.map((leg) => leg.role))];
  return html`<p class="legend">
    ${roles.map((role) => html`<${Role} of=${role} />${" "}`)}
    ${slot && html`<span class="slot">scheduled time</span>${" "}`}
    ${legs.some((leg) => leg.estimated) && html`<span class="estimated">≈ estimated: the event of it never came</span>`}
  </p>`;
}

function summary(people) {
  const came = people.filter((one) => one.legs.length);
  const absent = people.length - came.length;
  return `A row for each of ${counted(people.length, "person", "people")}: ${came.length} came${absent ? `, ${absent} did not` : ""}. The table under Attendance has the times.`;
}
