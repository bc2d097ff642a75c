// The rooms whose scheduled time begins about now.

import { useRef } from "preact/hooks";
import { serviceNow } from "/console/api.js";
import { useLoaded } from "/console/loading.js";
import { evenly, wholeList } from "/console/whole-list.js";

export const HOURS = 2; // before and after now
const EVERY_SECONDS = 30;
const MOST_ROOMS = 200;

function load(signal) {
  const scheduledFrom = hoursFromNow(-HOURS);
  const scheduledUntil = hoursFromNow(HOURS);
  const query = { scheduledFrom, scheduledUntil, include: "lastCall" };
  return wholeList("/rooms", query, signal, MOST_ROOMS);
}

const hoursFromNow = (hours) => new Date(serviceNow() + hours * 3_600_000).toISOString();

/**
 * Follows the rooms that start soon and have no call yet. Returns {late, soon, at, failure}: `late`
 * should have begun, and nobody came. Both are undefined until they are known.
 *
 * @param live the rooms with a call
 */
export function useScheduled(live, now) {
  const { data, at, failure } = useLoaded(load, [], evenly(EVERY_SECONDS), Boolean(live));
  const seen = useRef(new Map()); // when rooms were last seen with a call, by id
  if (!data || !live) return { at, failure };
  const calls = new Set(live.map(({ roomId }) => roomId));
  for (const roomId of calls) seen.current.set(roomId, now);
  const quiet = data.value
    .filter(({ id }) => !calls.has(id))
    .toSorted((a, b) => a.scheduledStart.localeCompare(b.scheduledStart));
  return {
    late: quiet.filter((room) => isDue(room, now) && !hasBegun(room, seen.current.get(room.id))),
    soon: quiet.filter(({ scheduledStart }) => new Date(scheduledStart) > now),
    at,
    failure,
  };
}

const isDue = ({ scheduledStart, scheduledEnd }, now) =>
  new Date(scheduledStart) <= now && now < new Date(scheduledEnd);

/** Whether there was a call in the scheduled time. `seen` is when one was last seen here. */
function hasBegun({ scheduledStart, lastCall }, seen) {
  const start = new Date(scheduledStart);
  if (seen >= start) return true;
  return Boolean(lastCall) && (lastCall.endedAt === null || new Date(lastCall.endedAt) >= start);
}
