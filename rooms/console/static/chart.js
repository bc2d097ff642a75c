// The drawing of a call: rows with bars for the legs, and beneath how many were in. It is Observable Plot's.

import { counts } from "/console/stays.js";
import { called, counted, exact, length } from "/console/words.js";

const ROLES = ["Presenter", "Attendee", "Consumer", "Collaborator"];
const COLORS = [...ROLES.map((role) => `var(--${role.toLowerCase()})`), "var(--no-role)"];
const NARROW = 600;
const ROW = 24;
const NARROW_ROW = 12;
const TIP = { fill: "var(--raised)", stroke: "var(--line)", lineHeight: 1.35 };
const TICK_WIDTH = 110;
const MANY = 60; // people, from which on rows are narrow
const EDGE = 1_000; // milliseconds of an instant, so that a leg of no length is seen
const POINTED = 6; // pixels, about, between places that a tip is told of
const AROUND = 0.15; // of the call's length is shown before and after it, if it was scheduled so
const TICKS = [
  [6 * 60_000, { timeStyle: "medium" }],
  [36 * 3_600_000, { timeStyle: "short" }],
  [Infinity, { dateStyle: "medium", timeStyle: "short" }],
];

/** Loads the charts' libraries when they are first needed; they are scripts of the global kind. */
let loaded;
export const charts = () =>
  (loaded ??= load().catch((problem) => {
    loaded = undefined;
    throw problem;
  }));

async function load() {
  await import("/console/d3.js");
  await import("/console/plot.js");
  return globalThis.Plot;
}

/** From when to when is drawn: the call, and some of the scheduled time around it. */
export function extent(call, room, at) {
  const from = Date.parse(call.startedAt);
  const until = Math.max(call.endedAt ? Date.parse(call.endedAt) : at, from + EDGE);
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

/** Whether the scheduled time, or some of it, is drawn. */
export const showsSchedule = (room, span) => {
  const slot = scheduled(room);
  return slot !== null && slot.until >= span.from && slot.from <= span.until;
};

/** The two charts of a call, and the scale of their times. */
export function draw(Plot, width, span, call, people, room, at) {
  const shared = layout(width, span, people);
  const charts = [
    drawLegs(Plot, shared, people, room),
    drawCounts(Plot, shared, people, call.endedAt === null ? at : null, room),
  ];
  // A chart is one picture with a label, so its parts have none.
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
    lineWidth: (marginLeft - 16) / 12,
    step: ((span.until - span.from) / width) * POINTED,
    span,
  };
}

function drawLegs(Plot, { row, lineWidth, step, span, axis, ...shared }, people, room) {
  const names = new Map(people.map((one) => [one.rawId, called(one)]));
  const legs = people.flatMap((one) =>
    one.legs.map((leg) => ({ ...leg, one, until: Math.max(leg.until, leg.from + EDGE) })),
  );
  const y = (each) => each.one.rawId;
  const estimated = legs.flatMap((leg) => [
    ...(leg.estimatedFrom ? [{ one: leg.one, time: leg.from }] : []),
    ...(leg.estimatedUntil ? [{ one: leg.one, time: leg.until }] : []),
  ]);
  const role = (leg) => (ROLES.includes(leg.role) ? leg.role : "no role"); // events may have any text there
  const bars = Object.values(
    Object.groupBy(legs, ({ lane, lanes, estimated }) => [lane, lanes, estimated]),
  );
  return Plot.plot({
    ...shared,
    height: people.length * row + 48,
    marginTop: 28,
    marginBottom: 20,
    y: { domain: people.map((one) => one.rawId), label: null, padding: 0 },
    color: { domain: [...ROLES, "no role"], range: COLORS },
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
      Plot.text(
        people.filter((one) => !one.legs.length),
        {
          x: () => span.from,
          y: "rawId",
          text: ({ status }) => (status === "expected" ? "not in yet" : "not in this call"),
          textAnchor: "start",
          dx: 6,
          fill: "var(--absent)",
        },
      ),
      ...bars.map((alike) =>
        Plot.barX(alike, {
          x1: "from",
          x2: "until",
          y,
          fill: role,
          rx: 2,
          ...inLane(alike[0], row),
          ...looks(alike[0], role),
        }),
      ),
      Plot.tickX(estimated, {
        x: "time",
        y,
        stroke: "var(--warning)",
        strokeWidth: 2,
        strokeDasharray: "2,2",
        inset: 1,
      }),
      Plot.text(estimated, {
        x: "time",
        y,
        text: () => "≈",
        fill: "var(--warning)",
        dx: 8,
        fontWeight: "bold",
        fontSize: 14,
      }),
      Plot.tip(pointed(legs, step), Plot.pointer({ x: "time", y, title: "told", ...TIP })),
    ],
  });
}

/** Places on the bars, close together: what a tip tells is under the pointer, not the bar whose middle is the nearest. */
function pointed(legs, step) {
  const told = new Map(legs.map((leg) => [leg, tipOf(leg)]));
  return [...Map.groupBy(legs, (leg) => leg.one)].flatMap(([one, theirs]) =>
    theirs.flatMap((leg) =>
      spread(leg.from, leg.until, step).map((time) => {
        const there = theirs.filter(({ from, until }) => from <= time && time < until);
        return { one, time, told: there.map((each) => told.get(each)).join("\n\n") };
      }),
    ),
  );
}

/** Times between two, about so far apart, none of which is one of the two. */
function spread(from, until, step) {
  const count = Math.ceil((until - from) / step);
  return Array.from(
    { length: count },
    (_, number) => from + ((number + 0.5) / count) * (until - from),
  );
}

/** Two devices of a person share the row. */
function inLane({ lane, lanes }, row) {
  const edge = row > NARROW_ROW ? 3 : 1;
  const height = (row - 2 * edge) / lanes;
  return { insetTop: edge + lane * height, insetBottom: edge + (lanes - 1 - lane) * height };
}

/** A leg of which an end is estimated is paler, with a dashed edge. */
const looks = ({ estimated }, role) =>
  estimated ? { fillOpacity: 0.45, stroke: role, strokeDasharray: "3,3" } : {};

/** `now` is given for a call that goes on: then nothing is drawn of later. */
function drawCounts(Plot, { row, lineWidth, step, span, axis, ...shared }, people, now, room) {
  const changes = counts(people).filter(({ time }) => now === null || time < now);
  const points = [{ time: span.from, count: 0 }, ...changes];
  points.push({ time: now ?? span.until, count: points.at(-1).count });
  const most = Math.max(1, ...points.map(({ count }) => count));
  const stairs = { x: "time", y: "count", curve: "step-after" };
  const places = points.slice(0, -1).flatMap(({ time, count }, number) => {
    const told = `${counted(count, "person", "people")}\nfrom ${exact(time)}`;
    return spread(time, points[number + 1].time, step).map((at) => ({
      at,
      count,
      told,
    }));
  });
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
      Plot.tip(places, Plot.pointerX({ x: "at", y: "count", title: "told", ...TIP })),
    ],
  });
}

/** The scheduled time, shaded. */
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

function tipOf({ one, leg, from, until, goesOn, estimatedFrom, estimatedUntil, role }) {
  const about = (estimated) => (estimated ? "≈ " : "");
  return [
    `${called(one)}, ${role ?? "no role"}`,
    `${about(estimatedFrom)}${exact(from)}`,
    goesOn ? "until now" : `until ${about(estimatedUntil)}${exact(leg.leftAt)}`,
    length((until - from) / 1000),
    leg.endpointType ?? "",
  ]
    .filter(Boolean)
    .join("\n");
}
