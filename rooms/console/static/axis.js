// The time axis of a call: from when to when it is drawn, and its ticks. Times are in milliseconds.

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const STEPS = [
  ...[1, 2, 5, 10, 15, 30].map((number) => number * SECOND),
  ...[1, 2, 5, 10, 15, 30].map((number) => number * MINUTE),
  ...[1, 2, 3, 6, 12].map((number) => number * HOUR),
];
const FEWEST_TICKS = 3;
const TICK_EVERY = 120; // pixels, at most, where there is room
const AROUND = 0.15; // the share of the call's length shown of the schedule on each side
const HOUR_AND_MINUTE = new Intl.DateTimeFormat(undefined, { timeStyle: "short" });
const DATE = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "short" });

/** Returns the time that is drawn: the call, and some of the scheduled time around it. */
export function extent(call, room, at) {
  const from = Date.parse(call.startedAt);
  const until = Math.max(call.endedAt ? Date.parse(call.endedAt) : at, from + SECOND);
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

/** Returns the scheduled time as far as it is drawn; null if none of it is. */
export function drawnSchedule(room, span) {
  const slot = scheduled(room);
  if (slot === null || slot.until < span.from || slot.from > span.until) return null;
  return { from: clamp(slot.from, span), until: clamp(slot.until, span) };
}

export const clamp = (time, { from, until }) => Math.min(Math.max(time, from), until);

/** Returns where a time is on the axis, from 0 to 1. */
export const placeOf = (time, { from, until }) => (time - from) / (until - from);

/** The same as a length of CSS. */
export const percent = (share) => `${100 * share}%`;

/** Returns the times of the ticks on an axis of so many pixels, round in the reader's zone. */
export function ticksOf({ from, until }, width) {
  const enough = Math.max(FEWEST_TICKS, Math.floor(width / TICK_EVERY));
  const step = stepOf(until - from, enough);
  const zone = new Date(from).getTimezoneOffset() * MINUTE;
  const first = Math.ceil((from - zone) / step) * step + zone;
  return Array.from(
    { length: Math.floor((until - first) / step) + 1 },
    (_, at) => first + at * step,
  );
}

/** Returns the longest step that has enough ticks. */
function stepOf(length, enough) {
  const days = Math.floor(length / DAY / enough);
  if (days) return days * DAY;
  return STEPS.findLast((step) => step * enough <= length) ?? length / enough;
}

/** Returns "10:04", ":30" for seconds within a minute, or "30 Nov" at midnight. */
export function tickText(time) {
  const date = new Date(time);
  if (date.getSeconds()) return `:${String(date.getSeconds()).padStart(2, "0")}`;
  if (!date.getHours() && !date.getMinutes()) return DATE.format(date);
  return HOUR_AND_MINUTE.formatToParts(date)
    .filter(({ type }) => type !== "dayPeriod") // the range of the call has it
    .map(({ value }) => value)
    .join("")
    .trim();
}
