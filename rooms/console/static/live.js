// The live calls of all rooms.

import { useMemo, useRef } from "preact/hooks";
import { useLoaded } from "/console/loading.js";
import { evenly, wholeList } from "/console/whole-list.js";

export const MOST_ROOMS = 200;
const EVERY_SECONDS = 2;
const EVERY_SECONDS_WITHOUT_CALLS = 5;

const load = (signal) => wholeList("/live", {}, signal, MOST_ROOMS);

const seconds = (list) =>
  list.value.length ? evenly(EVERY_SECONDS)(list) : EVERY_SECONDS_WITHOUT_CALLS;

/**
 * Follows the rooms with a live call. Returns {rooms, cut, at, failure}; `rooms` are sorted by the
 * start of the call. Each keeps its place as long as the view is shown: a call that is learned of
 * later comes last.
 */
export function useLiveRooms() {
  const { data, at, failure } = useLoaded(load, [], seconds);
  const places = useRef(new Map());
  const rooms = useMemo(() => data && inPlace(data.value, places.current), [data]);
  return { rooms, cut: data?.cut, at, failure };
}

export const keyOf = ({ roomId, callId }) => `${roomId} ${callId}`;

function inPlace(rooms, places) {
  const later = rooms.filter((room) => !places.has(keyOf(room))).toSorted(byStart);
  for (const room of later) places.set(keyOf(room), places.size);
  return rooms.toSorted((a, b) => places.get(keyOf(a)) - places.get(keyOf(b)));
}

const byStart = (a, b) =>
  a.startedAt.localeCompare(b.startedAt) || a.roomId.localeCompare(b.roomId);
