// What can be done with a room: by the state that it is in, and by who asks.

import { acsMode, joinLinks } from "/console/settings.js";
import { runsAtAcs } from "/console/words.js";

const JOINABLE = ["open", "upcoming"];

/**
 * Returns what may be done: `describe` (title, schedule), `change` (times, people, to delete it),
 * `callIn` (tell people how they join), `link` (make join links) and `endCall` (act in its call).
 * `room` is null if only events name it.
 */
export function rightsIn(room, { mayManage }) {
  const describe = mayManage && room !== null && room.state !== "deleted";
  const here = room !== null && !runsAtAcs(room);
  const callIn = describe && JOINABLE.includes(room.state);
  return {
    describe,
    change: describe && (here || acsMode === "through"),
    callIn,
    link: callIn && here && joinLinks,
    endCall: describe && here && joinLinks,
  };
}
