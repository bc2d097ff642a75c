// The legs of a call, for drawing: people, when each was in, and how many were in over time. Times are in milliseconds.

/**
 * One for each person: those who came, by when they did, then those invited who did not come:
 * {rawId, name, displayName, status, legs: [{from, until, role, goesOn, estimatedFrom, estimatedUntil, estimated, lane, lanes, leg}]}.
 * `attendees` are those of the call's attendance, legs that go on end at `at`.
 */
export function stays(call, attendees, at) {
  const people = new Map(attendees.map((one) => [one.rawId, { ...one, legs: [] }]));
  for (const leg of call.legs) {
    people.get(leg.rawId ?? leg.participantId)?.legs.push({
      leg,
      role: leg.role,
      from: Date.parse(leg.joinedAt),
      until: leg.leftAt ? Date.parse(leg.leftAt) : at,
      goesOn: leg.leftAt === null,
      estimatedFrom: leg.joinEstimated,
      estimatedUntil: leg.leaveEstimated,
      estimated: leg.joinEstimated || leg.leaveEstimated,
    });
  }
  for (const one of people.values()) inLanes(one.legs);
  const [came, absent] = [true, false].map((did) =>
    [...people.values()].filter((one) => did === one.legs.length > 0),
  );
  return [...came.sort((one, other) => one.legs[0].from - other.legs[0].from), ...absent];
}

/** When an answer about a call was given: no leg begins later, whatever the clocks say. */
export const asOf = (call, at) => Math.max(at, ...call.legs.map((leg) => Date.parse(leg.joinedAt)));

/** Puts legs that overlap beside each other: each gets its `lane`, and how many `lanes` the person needs. */
function inLanes(legs) {
  const ends = [];
  for (const leg of legs.sort((one, other) => one.from - other.from)) {
    const free = ends.findIndex((end) => end <= leg.from);
    leg.lane = free < 0 ? ends.length : free;
    ends[leg.lane] = leg.until;
  }
  for (const leg of legs) leg.lanes = ends.length;
}

/** Whether a leg had begun by that time and ended later, or goes on. */
export const covers = (leg, time) => leg.from <= time && (time < leg.until || leg.goesOn);

/** Who was in at a time. */
export const presentAt = (people, time) =>
  people.filter((one) => one.legs.some((leg) => covers(leg, time)));

/** How many were in, from each time when that changed: [{time, count}]. Two devices of a person are one. */
export function counts(people) {
  const changes = new Map();
  for (const { legs } of people) {
    for (const { from, until } of union(legs)) {
      changes.set(from, (changes.get(from) ?? 0) + 1);
      changes.set(until, (changes.get(until) ?? 0) - 1);
    }
  }
  let count = 0;
  return [...changes]
    .sort(([one], [other]) => one - other)
    .map(([time, change]) => {
      count += change;
      return { time, count };
    });
}

function union(legs) {
  const merged = [];
  for (const { from, until } of legs) {
    const last = merged.at(-1);
    if (last && from <= last.until) last.until = Math.max(last.until, until);
    else merged.push({ from, until });
  }
  return merged;
}
