// Makes a room as a form has it. However often it is sent, it makes one room.

import { ask, ofRoom, ROOMS_API, serviceNow } from "/console/api.js";
import { namesOf, rosterOf } from "/console/people-fields.js";

/**
 * Returns what attempts have done so far: the `request` whose answer is not known, the `roomId`,
 * and what the room `has`.
 */
export const nothingYet = () => ({ request: null, roomId: null, has: null });

/**
 * Makes the room of {title, scheduledStart, scheduledEnd, validFrom, validUntil, people}, or does
 * what attempts before have left. Returns its id. Throws Failure.
 */
export async function makeRoom(attempts, wanted) {
  const { validFrom, validUntil, people } = wanted;
  const body = {
    ...filled({ validFrom, validUntil }),
    participants: rosterOf(people),
  };
  if (!attempts.roomId) await create(attempts, body);
  await change(attempts, body);
  await describe(attempts.roomId, wanted);
  return attempts.roomId;
}

/** Returns the fields that are not empty. */
const filled = (fields) => Object.fromEntries(Object.entries(fields).filter(([, value]) => value));

/** Sends a request that may have made the room again as it was: it makes no second room. */
async function create(attempts, body) {
  attempts.request ??= { body, headers: repeatable() };
  const { request } = attempts;
  try {
    const { id } = await ask("POST", "/rooms", { query: ROOMS_API, ...request });
    Object.assign(attempts, { roomId: id, has: request.body });
  } catch (failure) {
    if (failure.passing) throw failure;
    attempts.request = null; // it has made nothing
    if (request.body === body) throw failure;
    await create(attempts, body);
  }
}

const repeatable = () => ({
  "Repeatability-Request-ID": crypto.randomUUID(),
  "Repeatability-First-Sent": new Date(serviceNow()).toUTCString(),
});

/** Changes the times and the people of the room to those in the form now. */
async function change(attempts, body) {
  const { roomId, has } = attempts;
  const { participants, ...times } = body;
  if (Object.keys(times).some((name) => times[name] !== has[name])) {
    await ask("PATCH", ofRoom(roomId), { query: ROOMS_API, body: times });
    attempts.has = { ...attempts.has, ...times };
  }
  const gone = Object.keys(has.participants).filter((rawId) => !participants[rawId]);
  const others = Object.entries(participants).filter(
    ([rawId, { role }]) => has.participants[rawId]?.role !== role,
  );
  const patch = Object.fromEntries([...others, ...gone.map((rawId) => [rawId, null])]);
  if (!Object.keys(patch).length) return;
  await ask("PATCH", ofRoom(roomId, "participants"), {
    query: ROOMS_API,
    body: { participants: patch },
  });
  attempts.has = { ...attempts.has, participants };
}

async function describe(roomId, { title, scheduledStart, scheduledEnd, people }) {
  const named = people.filter(({ name, externalId }) => name || externalId);
  const body = {
    ...filled({ title, scheduledStart, scheduledEnd }),
    ...(named.length > 0 && { participants: namesOf(named) }),
  };
  if (Object.keys(body).length) await ask("PATCH", ofRoom(roomId, "details"), { body });
}
