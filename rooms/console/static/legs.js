// The legs of a call, for the chart: of each person, and the number of people over time.
// Times are in milliseconds.

import { rawIdsOf } from "/console/words.js";

/**
 * Returns the attendees of a call with their `legs`: those who joined, by their first leg, then
 * those who did not. Legs that have not ended end at `at`. A leg here is {from, until, role,
 * goesOn, estimatedFrom, estimatedUntil, estimated, lane, lanes, leg}; `leg` is that of the API.
 */
export function withLegs(call, attendees, at) {
  const all = attendees.map((person) => ({ ...person, legs: [] }));
  const byRawId = new Map(all.flatMap((person) => rawIdsOf(person).map((id) => [id, person])));
  for (const leg of call.legs) {
    byRawId.get(leg.rawId ?? leg.participantId)?.legs.push(legOf(leg, at));
  }
  for (const { legs } of all) putInLanes(legs);
  const joined = all.filter(({ legs }) => legs.length);
  const absent = all.filter(({ legs }) => !legs.length);
  return [...joined.sort((a, b) => a.legs[0].from - b.legs[0].from), ...absent];
}

const legOf = (leg, at) => ({
  leg,
  role: leg.role,
  from: Date.parse(leg.joinedAt),
  until: leg.leftAt ? Date.parse(leg.leftAt) : at,
  goesOn: leg.leftAt === null,
  estimatedFrom: leg.joinEstimated,
  estimatedUntil: leg.leaveEstimated,
  estimated: leg.joinEstimated || leg.leaveEstimated || leg.awaySeconds > 0,
});

/** Returns when an answer about a call was given. No leg begins later, whatever the clocks say. */
export const asOf = (call, at) => Math.max(at, ...call.legs.map((leg) => Date.parse(leg.joinedAt)));

/** Sorts the legs of a person, and puts those that overlap (two devices) into lanes. */
function putInLanes(legs) {
  const ends = [];
  for (const leg of legs.sort((a, b) => a.from - b.from)) {
    const free = ends.findIndex((end) => end <= leg.from);
    leg.lane = free < 0 ? ends.length : free;
    ends[leg.lane] = leg.until;
  }
  for (const leg of legs) leg.lanes = ends.length;
}

/** Returns whether a leg was there at that time. */
export const covers = (leg, time) => leg.from <= time && (time < leg.until || leg.goesOn);

/** Returns the people who were present at that time. */
export const presentAt = (people, time) =>
  people.filter(({ legs }) => legs.some((leg) => covers(leg, time)));

/** Returns how many people were present from each time on: [{time, count}]. */
export function counts(people) {
  const changes = new Map();
  for (const { legs } of people) {
    for (const { from, until } of merged(legs)) {
      changes.set(from, (changes.get(from) ?? 0) + 1);
      changes.set(until, (changes.get(until) ?? 0) - 1);
    }
  }
  let count = 0;
  return [...changes]
    .sort(([a], [b]) => a - b)
    .map(([time, change]) => {
      count += change;
      return { time, count };
    });
}

/** Returns when a person was there, with legs that overlap as one. */
function merged(legs) {
  const spans = [];
  for (const { from, until } of legs) {
    const last = spans.at(-1);
    if (last && from <= last.until) last.until = Math.max(last.until, until);
    else spans.push({ from, until });
  }
  return spans;
}
