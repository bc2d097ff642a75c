// A room as it was read, and changes that are sent only while it is as it was shown.

import { askWithEtag, ofRoom } from "/console/api.js";

const CHANGED = 412; // Precondition Failed: the room has another version

/** Returns {room, etag}: what there is to say of a room, and the version that this is. */
export async function readRoom(roomId, signal) {
  const { body, etag } = await askWithEtag("GET", ofRoom(roomId, "overview"), { signal });
  return { room: body, etag };
}

/** Others have changed what was shown. `read` is the room as it is now. */
export class Changed extends Error {
  constructor(read, differences) {
    const told = ["This has been changed meanwhile.", ...differences];
    super([...told, "Nothing of yours was saved: send it again if it is still right."].join(" "));
    this.read = read;
  }
}

/**
 * Sends a change of a room with `send(headers)`, while the room is as it was `read`. If it has
 * another version, it is read again, and `differences(room)` says in sentences what is different
 * now; without any the change is sent. Throws Changed, or Failure.
 */
export async function sendIfSame(read, differences, send) {
  let known = read;
  for (;;) {
    try {
      return await send({ "If-Match": known.etag });
    } catch (failure) {
      if (failure.status !== CHANGED) throw failure;
    }
    known = await readIfSame(read.room.roomId, differences);
  }
}

/** Reads a room again. Throws Changed if it is different now. */
export async function readIfSame(roomId, differences) {
  const read = await readRoom(roomId);
  const told = differences(read.room);
  if (told.length) throw new Changed(read, told);
  return read;
}
