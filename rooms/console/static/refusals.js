// The joins that were refused in the last hour: read once, and after that only what is new.

import { useRef } from "preact/hooks";
import { get, ofRoom, serviceNow } from "/console/api.js";
import { useLoaded } from "/console/loading.js";

const HOUR = 3_600_000; // milliseconds
const EVERY_SECONDS = 30;
const MOST_ROOMS = 20; // whose title is asked for, at a time

/**
 * Follows the refused joins of the last hour. Returns {refusals, at, failure}. A refusal is
 * {key, roomId, room, rawId, displayName, reasons, time, count}, the latest first: the same person
 * who tries again and again is one. `room` is its overview, if it is known.
 */
export function useRefusals(now, ready) {
  const kept = useRef({ cursor: null, records: [], rooms: {} });
  const { data, at, failure } = useLoaded((signal) => load(kept, signal), [], EVERY_SECONDS, ready);
  return { refusals: data && together(within(data.records, now), data.rooms), at, failure };
}

async function load(kept, signal) {
  let { cursor, records, rooms } = kept.current;
  const since = cursor ?? new Date(serviceNow() - HOUR).toISOString();
  let page = { cursor: since, more: true };
  while (page.more) {
    page = await get("/log", { since: page.cursor, kind: "Refused" }, signal);
    records = [...records, ...page.value];
  }
  records = within(records, serviceNow());
  rooms = await overviews(rooms, records, signal);
  kept.current = { cursor: page.cursor, records, rooms };
  return { records, rooms };
}

const within = (records, now) => records.filter(({ time }) => now - new Date(time) < HOUR);

/** Returns the overviews of the rooms by id, null for what is not known; `known` has some. */
async function overviews(known, records, signal) {
  const ids = [...new Set(records.toReversed().map(({ roomId }) => roomId))];
  const asked = ids.filter((id) => !(id in known)).slice(0, MOST_ROOMS);
  const found = await Promise.all(asked.map((id) => overview(id, signal)));
  const all = { ...known, ...Object.fromEntries(asked.map((id, place) => [id, found[place]])) };
  return Object.fromEntries(ids.filter((id) => id in all).map((id) => [id, all[id]]));
}

async function overview(roomId, signal) {
  try {
    return await get(ofRoom(roomId, "overview"), {}, signal);
  } catch (failure) {
    if (failure.status === 404) return null;
    throw failure;
  }
}

function together(records, rooms) {
  const byPerson = new Map();
  for (const { roomId, time, detail } of records) {
    const key = `${roomId} ${detail.rawId}`;
    const count = (byPerson.get(key)?.count ?? 0) + 1;
    byPerson.set(key, { ...detail, key, roomId, room: rooms[roomId], time, count });
  }
  return [...byPerson.values()].toSorted((a, b) => b.time.localeCompare(a.time));
}
