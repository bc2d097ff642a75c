// The charts of a call, by Observable Plot: bars for the legs, and the number of people beneath.

import { counts } from "/console/legs.js";
import { called, people as countedPeople, didNotJoin, exact, length } from "/console/words.js";

const NARROW = 600;
const ROW = 24;
const NARROW_ROW = 12;
const TIP = { fill: "var(--raised)", stroke: "var(--line)", lineHeight: 1.35 };
const TICK_WIDTH = 110;
const MANY = 60; // with more people, rows are narrow
const SHORTEST = 1_000; // milliseconds of a bar, so that a leg without length is visible
const TIP_EVERY = 6; // pixels, about, between the places that have a tip
const AROUND = 0.15; // the share of the call's length shown of the schedule on each side
const TICKS = [
  [6 * 60_000, { timeStyle: "medium" }],
  [36 * 3_600_000, { timeStyle: "short" }],
  [Infinity, { dateStyle: "medium", timeStyle: "short" }],
];

let loaded;

/** Loads the libraries of the charts when they are first needed. */
export const charts = () =>
  (loaded ??= load().catch((problem) => {
    loaded = undefined;
    throw problem;
  }));

/** The libraries are plain scripts, which set globals. */
async function load() {
  await import("/console/d3.js");
  await import("/console/plot.js");
  return globalThis.Plot;
}

/** Returns the time that is drawn: the call, and some of the scheduled time around it. */
export function extent(call, room, at) {
  const from = Date.parse(call.startedAt);
  const until = Math.max(call.endedAt ? Date.parse(call.endedAt) : at, from + SHORTEST);
  const slot = scheduled(room) ?? { from, until };
  const around = AROUND * (until - from);
  return {
    from: Math.max(Math.min(from, slot.from), from - around),
    until: Math.min(Math.max(until, slot.until), until + around),
  };
}

const scheduled = (room) =>
  room?.scheduledStart
    ? { from: Date.parse(room.scheduledStart), until: Date.parse(room.scheduledEnd) }
    : null;

export const clamp = (time, { from, until }) => Math.min(Math.max(time, from), until);

/** Returns whether any of the scheduled time is drawn. */
export const showsSchedule = (room, span) => {
  const slot = scheduled(room);
  return slot !== null && slot.until >= span.from && slot.from <= span.until;
};

/** Returns the two charts of a call, and the scale of their times. */
export function draw(Plot, width, span, call, people, room, at) {
  const shared = layout(width, span, people);
  const charts = [
    drawLegs(Plot, shared, people, room),
    drawCounts(Plot, shared, people, call.endedAt === null ? at : null, room),
  ];
  // A chart is one image with a label, so its parts have none.
  for (const chart of charts)
    for (const part of chart.querySelectorAll("[aria-label]")) part.removeAttribute("aria-label");
  return { charts, scale: charts[0].scale("x") };
}

function layout(width, span, people) {
  const narrow = width < NARROW;
  const row = people.length > MANY ? NARROW_ROW : ROW;
  const marginLeft = narrow ? 96 : 180;
  const format = new Intl.DateTimeFormat(
    undefined,
    TICKS.find(([most]) => span.until - span.from < most)[1],
  );
  return {
    width,
    row,
    className: "chart",
    marginLeft,
    marginRight: 24,
    style: { fontSize: "12px", overflow: "visible" },
    x: { type: "time", domain: [new Date(span.from), new Date(span.until)], label: null },
    axis: {
      label: null,
      ticks: Math.min(
        Math.max(2, Math.floor((width - marginLeft) / TICK_WIDTH)),
        (span.until - span.from) / 1000,
      ),
      tickFormat: (time) => format.format(time),
    },
    lineWidth: (marginLeft - 16) / 12, // in ems of 12 pixels
    step: ((span.until - span.from) / width) * TIP_EVERY,
    span,
  };
}

function drawLegs(Plot, { row, lineWidth, step, span, axis, ...shared }, people, room) {
  const names = new Map(people.map((person) => [person.rawId, called(person)]));
  const legs = people.flatMap((person) => person.legs.map((leg) => barOf(leg, person)));
  return Plot.plot({
    ...shared,
    height: people.length * row + 48,
    marginTop: 28,
    marginBottom: 20,
    y: { domain: people.map(({ rawId }) => rawId), label: null, padding: 0 },
    color: { type: "identity" },
    marks: [
      ...shade(Plot, room, span),
      Plot.axisX({ anchor: "top", ...axis }),
      Plot.axisY({
        tickFormat: (rawId) => names.get(rawId),
        tickSize: 0,
        textOverflow: "ellipsis",
        lineWidth,
      }),
      Plot.ruleY(people, { y: "rawId", stroke: "var(--line)", strokeWidth: 0.5 }),
      absence(Plot, people, span),
      ...bars(Plot, legs, row),
      ...estimates(Plot, legs),
      Plot.tip(tips(legs, step), Plot.pointer({ x: "time", y: "rawId", title: "text", ...TIP })),
    ],
  });
}

const barOf = (leg, person) => ({
  ...leg,
  person,
  rawId: person.rawId,
  until: Math.max(leg.until, leg.from + SHORTEST),
});

/** Says in the rows of people without a leg that they did not join. */
const absence = (Plot, people, { from }) =>
  Plot.text(
    people.filter(({ legs }) => !legs.length),
    {
      x: () => from,
      y: "rawId",
      text: didNotJoin,
      textAnchor: "start",
      dx: 6,
      fill: "var(--bad)",
    },
  );

/** Plot takes insets and dashes for a whole mark, so legs that look alike are one mark. */
function bars(Plot, legs, row) {
  const alike = Object.groupBy(legs, ({ lane, lanes, estimated }) => [lane, lanes, estimated]);
  return Object.values(alike).map((group) =>
    Plot.barX(group, {
      x1: "from",
      x2: "until",
      y: "rawId",
      fill: colorOf,
      rx: 2,
      ...laneInsets(group[0], row),
      ...(group[0].estimated ? ESTIMATED : {}),
    }),
  );
}

/** Events may have any text as a role. The style sheet has a color for each role there is. */
const colorOf = ({ role }) =>
  /^[A-Za-z]+$/.test(role ?? "")
    ? `var(--role-${role.toLowerCase()}, var(--no-role))`
    : "var(--no-role)";

const ESTIMATED = { fillOpacity: 0.45, stroke: colorOf, strokeDasharray: "3,3" };

/** Marks the estimated ends of legs. */
function estimates(Plot, legs) {
  const starts = legs.filter((leg) => leg.estimatedFrom);
  const ends = legs.filter((leg) => leg.estimatedUntil);
  const places = [
    ...starts.map(({ rawId, from }) => ({ rawId, time: from })),
    ...ends.map(({ rawId, until }) => ({ rawId, time: until })),
  ];
  const at = { x: "time", y: "rawId" };
  const line = { stroke: "var(--warning)", strokeWidth: 2, strokeDasharray: "2,2", inset: 1 };
  const sign = { fill: "var(--warning)", dx: 8, fontWeight: "bold", fontSize: 14 };
  return [
    Plot.tickX(places, { ...at, ...line }),
    Plot.text(places, { ...at, ...sign, text: () => "≈" }),
  ];
}

/** Returns places with tips, close together on the bars, so that the tip is that of the pointer. */
function tips(legs, step) {
  const texts = new Map(legs.map((leg) => [leg, tipOf(leg)]));
  const byPerson = Map.groupBy(legs, ({ rawId }) => rawId);
  const textAt = (rawId, time) =>
    byPerson
      .get(rawId)
      .filter(({ from, until }) => from <= time && time < until)
      .map((leg) => texts.get(leg))
      .join("\n\n");
  return legs.flatMap(({ rawId, from, until }) =>
    spread(from, until, step).map((time) => ({ rawId, time, text: textAt(rawId, time) })),
  );
}

/** Returns times between two, about `step` apart, without the two. */
function spread(from, until, step) {
  const count = Math.ceil((until - from) / step);
  return Array.from(
    { length: count },
    (_, index) => from + ((index + 0.5) / count) * (until - from),
  );
}

/** The devices of a person share the row. */
function laneInsets({ lane, lanes }, row) {
  const edge = row > NARROW_ROW ? 3 : 1;
  const height = (row - 2 * edge) / lanes;
  return { insetTop: edge + lane * height, insetBottom: edge + (lanes - 1 - lane) * height };
}

/** `now` is null for a call that has ended. Nothing is drawn after it. */
function drawCounts(Plot, { row, lineWidth, step, span, axis, ...shared }, people, now, room) {
  const changes = counts(people).filter(({ time }) => now === null || time < now);
  const points = [{ time: span.from, count: 0 }, ...changes];
  points.push({ time: now ?? span.until, count: points.at(-1).count });
  const most = Math.max(1, ...points.map(({ count }) => count));
  const stairs = { x: "time", y: "count", curve: "step-after" };
  return Plot.plot({
    ...shared,
    height: 110,
    marginTop: 12,
    marginBottom: 24,
    y: { domain: [0, most], label: null, ticks: Math.min(most, 4), tickFormat: "d", grid: true },
    marks: [
      ...shade(Plot, room, span),
      Plot.areaY(points, { ...stairs, fill: "var(--accent)", fillOpacity: 0.25 }),
      Plot.lineY(points, { ...stairs, stroke: "var(--accent)" }),
      Plot.axisX(axis),
      Plot.axisY({ label: null, ticks: Math.min(most, 4), tickFormat: "d" }),
      Plot.ruleY([0], { stroke: "var(--line)" }),
      Plot.tip(
        countTips(points, step),
        Plot.pointerX({ x: "time", y: "count", title: "text", ...TIP }),
      ),
    ],
  });
}

/** Returns the places with tips between the points. */
function countTips(points, step) {
  return points.slice(0, -1).flatMap(({ time: from, count }, index) => {
    const text = `${countedPeople(count)}\nfrom ${exact(from)}`;
    return spread(from, points[index + 1].time, step).map((time) => ({ time, count, text }));
  });
}

/** Shades the scheduled time. */
function shade(Plot, room, span) {
  if (!showsSchedule(room, span)) return [];
  const slot = scheduled(room);
  return [
    Plot.rectX([slot], {
      x1: clamp(slot.from, span),
      x2: clamp(slot.until, span),
      fill: "var(--shade)",
    }),
  ];
}

function tipOf({ person, leg, from, until, goesOn, estimatedFrom, estimatedUntil, role }) {
  const about = (estimated) => (estimated ? "≈ " : "");
  return [
    `${called(person)}, ${role ?? "no role"}`,
    `${about(estimatedFrom)}${exact(from)}`,
    goesOn ? "until now" : `until ${about(estimatedUntil)}${exact(leg.leftAt)}`,
    length((until - from) / 1000),
    leg.endpointType ?? "",
  ]
    .filter(Boolean)
    .join("\n");
}
