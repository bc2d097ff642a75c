// The views, by the first part of their address, in the order of the menu. Each is loaded when it
// is first shown.

import { useEffect, useReducer } from "preact/hooks";

/** A view with a title is in the menu; on a laptop only, with `laptop`. */
export const VIEWS = {
  home: { title: "Home", load: async () => (await import("/console/home.js")).Home },
  rooms: { title: "Rooms", load: async () => (await import("/console/rooms.js")).Rooms },
  new: { load: async () => (await import("/console/new-room.js")).NewRoom },
  room: { load: async () => (await import("/console/room.js")).Room },
  report: { title: "Report", load: async () => (await import("/console/report.js")).Report },
  access: { title: "Check access", load: async () => (await import("/console/access.js")).Access },
  quarantine: {
    title: "Quarantine",
    load: async () => (await import("/console/quarantine.js")).Quarantine,
  },
  play: {
    title: "Play a meeting",
    load: async () => (await import("/console/play.js")).Play,
    laptop: true,
  },
};

/** Returns the name of the view at an address: home if there is none. */
export function viewAt([name, roomId]) {
  if (name === "room" && !roomId) return "rooms";
  return Object.hasOwn(VIEWS, name) ? name : "home";
}

const loaded = {}; // {View} or {failure}, by name

/** Loads a view, once. */
export async function load(name) {
  if (loaded[name]?.View) return;
  try {
    loaded[name] = { View: await VIEWS[name].load() };
  } catch (failure) {
    loaded[name] = { failure };
  }
}

/** Returns {View} of that name, {failure}, or {} while it is loading. */
export function useView(name) {
  const [, draw] = useReducer((count) => count + 1, 0);
  useEffect(() => {
    if (!loaded[name]?.View) load(name).then(draw);
  }, [name]);
  return loaded[name] ?? {};
}
