// The rooms quickstart for JavaScript as its owners have it, for api-version 2022-02-01: it opens the
// room to everybody. The calls are in the same order. bundle.mjs puts CONNECTION_STRING in, and the
// release of the SDK that has these methods.
import { getIdentifierRawId } from "@azure/communication-common";
import { CommunicationIdentityClient } from "@azure/communication-identity";
import { RoomsClient } from "@azure/communication-rooms";
import { written } from "./written.mjs";

const MINUTES = 60_000;

await written(async (seen) => {
  const identities = new CommunicationIdentityClient(CONNECTION_STRING);
  const one = await identities.createUserAndToken(["voip"]);
  const two = await identities.createUserAndToken(["voip"]);
  seen.users = [one.user, two.user].map(getIdentifierRawId);

  const rooms = new RoomsClient(CONNECTION_STRING);
  const named = (participants) => participants.map((p) => [getIdentifierRawId(p.id), p.role]);
  const roster = async (id) => named(await rooms.getParticipants(id));

  const begin = new Date();
  const middle = new Date(begin.getTime() + 5 * MINUTES);
  const end = new Date(middle.getTime() + 5 * MINUTES);
  seen.sent = [begin, middle, end];

  const created = await rooms.createRoom({
    validFrom: begin,
    validUntil: middle,
    participants: [{ id: one.user, role: "Attendee" }],
  });
  const read = await rooms.getRoom(created.id);
  const updated = await rooms.updateRoom(created.id, {
    validFrom: middle,
    validUntil: end,
    roomJoinPolicy: "CommunicationServiceUsers",
    participants: [{ id: one.user, role: "Consumer" }],
  });
  seen.rooms = [created, read, updated].map((room) => ({
    ...room,
    participants: named(room.participants),
  }));

  await rooms.addParticipants(created.id, [{ id: two.user, role: "Consumer" }]);
  const added = await roster(created.id);
  await rooms.updateParticipants(created.id, [{ id: one.user, role: "Presenter" }]);
  const changed = await roster(created.id);
  await rooms.removeParticipants(created.id, [one.user, two.user]);
  const removed = await roster(created.id);
  seen.rosters = [added, changed, removed];

  await rooms.deleteRoom(created.id);
});
