// The connection to the media server: in, and in again after each loss.

import { Failure, join } from "/join/static/api.js";

const DELAYS = [0, 1, 2, 4, 8, 15]; // seconds before the first try, and between tries

/** Returns the library, loaded when it is first needed. */
export async function liveKit() {
  await import("/join/static/livekit.js");
  const library = globalThis.LivekitClient;
  library.setLogLevel("silent"); // an ordinary end is an error in its log
  return library;
}

/** How the call is over for somebody, by the reason of the media server. Any other is a loss. */
const OVER = {
  CLIENT_INITIATED: "left",
  DUPLICATE_IDENTITY: "elsewhere",
  PARTICIPANT_REMOVED: "removed",
  ROOM_DELETED: "ended",
};

/** The same by the error of the service, for somebody whom the media server has told nothing. */
const PUT_OUT = { RemovedFromCall: "removed", CallEnded: "ended" };

/**
 * Stays in the call until it is over or `signal` leaves it, and returns how it is over. Each time
 * the connection is lost, it asks the service for a way in again.
 *
 * `entering(room)` is called with the room of the library before it connects, `entered(room, way)` when
 * it has, with what the service answered, and `lost()` after a loss.
 *
 * Throws Failure if the service lets nobody in.
 */
export async function stayInCall(link, { entering, entered, lost }, signal) {
  const { Room, RoomEvent, DisconnectReason } = await liveKit();
  let connection;
  for (let tries = 0; !signal.aborted; tries += 1) {
    await pause(DELAYS[Math.min(tries, DELAYS.length - 1)], signal);
    try {
      const way = await join(link, connection, signal);
      const room = new Room({ adaptiveStream: true, dynacast: true });
      const disconnected = new Promise((resolve) => room.once(RoomEvent.Disconnected, resolve));
      const leave = () => room.disconnect();
      signal.addEventListener("abort", leave);
      entering(room);
      const remember = async () => {
        const callId = await room.getSid();
        if (callId) connection = { callId, participantId: room.localParticipant.sid };
      };
      room.on(RoomEvent.Reconnected, remember);
      await room.connect(way.media.url, way.media.token);
      await remember();
      tries = 0;
      entered(room, way);
      const why = OVER[DisconnectReason[await disconnected]];
      signal.removeEventListener("abort", leave);
      if (why) return why;
    } catch (problem) {
      if (PUT_OUT[problem.code]) return PUT_OUT[problem.code];
      if (!signal.aborted && problem instanceof Failure && !problem.passing) throw problem;
    }
    lost();
  }
  return "left";
}

/** Waits some seconds, or until the network or the person comes back, or `signal` ends it. */
const pause = (seconds, signal) =>
  new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      window.removeEventListener("online", done);
      signal.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, seconds * 1000);
    window.addEventListener("online", done);
    signal.addEventListener("abort", done);
  });
