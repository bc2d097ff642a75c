// The rooms quickstart for JavaScript, with the newest release of the SDK: what it does, in the same
// order. bundle.mjs puts CONNECTION_STRING in.
import { getIdentifierRawId } from "@azure/communication-common";
import { CommunicationIdentityClient } from "@azure/communication-identity";
import { RoomsClient } from "@azure/communication-rooms";
import { collected } from "../javascript/shared.mjs";
import { written } from "./written.mjs";

const MINUTES = 60_000;

await written(async (seen) => {
  const identities = new CommunicationIdentityClient(CONNECTION_STRING);
  const one = await identities.createUserAndToken(["voip"]);
  const two = await identities.createUserAndToken(["voip"]);
  seen.users = [one.user, two.user].map(getIdentifierRawId);
  seen.tokensExpire = [one.expiresOn, two.expiresOn];

  const rooms = new RoomsClient(CONNECTION_STRING);
  const roster = async (id) =>
    (await collected(rooms.listParticipants(id))).map((p) => [getIdentifierRawId(p.id), p.role]);

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
  const updated = await rooms.updateRoom(created.id, { validFrom: middle, validUntil: end });
  seen.rooms = [created, read, updated];
  seen.listed = (await collected(rooms.listRooms())).map((room) => room.id);

  await rooms.addOrUpdateParticipants(created.id, [{ id: two.user, role: "Consumer" }]);
  const added = await roster(created.id);
  await rooms.addOrUpdateParticipants(created.id, [{ id: one.user, role: "Presenter" }]);
  const changed = await roster(created.id);
  await rooms.removeParticipants(created.id, [one.user, two.user]);
  const removed = await roster(created.id);
  seen.rosters = [added, changed, removed];

  await rooms.deleteRoom(created.id);
});
