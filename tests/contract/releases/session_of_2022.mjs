// A session with a JavaScript SDK of api-version 2022-02-01, whose rooms have their participants
// and a join policy, and which has no lists. Prints what it saw, as JSON.
import { newClient, refusal, release, roster, users } from "./client.mjs";

const rooms = newClient();
const [ann, ben, cem] = users;
const start = new Date(Date.now() + 86_400_000);
const end = new Date(start.getTime() + 3_600_000);
const later = new Date(start.getTime() + 7_200_000);
// Named as in Python.
const fields = (room) => ({
  id: room.id,
  created_on: room.createdOn,
  valid_from: room.validFrom,
  valid_until: room.validUntil,
  room_join_policy: room.joinPolicy,
  participants: roster(room.participants),
});
const listed = async () => roster(await rooms.getParticipants(room.id));

const defaults = await rooms.createRoom();
const room = await rooms.createRoom({
  validFrom: start,
  validUntil: end,
  roomJoinPolicy: "CommunicationServiceUsers",
  participants: [{ id: ann, role: "Presenter" }, { id: ben }],
});
const read = await rooms.getRoom(room.id);
const updated = await rooms.updateRoom(room.id, {
  validFrom: start,
  validUntil: later,
  roomJoinPolicy: "InviteOnly",
});
const rosters = { "at first": await listed() };
const replaced = await rooms.updateRoom(room.id, {
  participants: [
    { id: ann, role: "Consumer" },
    { id: cem, role: "Attendee" },
  ],
});
rosters.replaced = await listed();
await rooms.addParticipants(room.id, [{ id: ben, role: "Presenter" }]);
rosters.added = await listed();
await rooms.updateParticipants(room.id, [{ id: cem, role: "Consumer" }]);
rosters.updated = await listed();
await rooms.removeParticipants(room.id, [ann, ben]);
rosters.removed = await listed();

const refusals = {
  "one time": await refusal(() => rooms.updateRoom(room.id, { validUntil: later })),
  "policy of a room that has begun": await refusal(() =>
    rooms.updateRoom(defaults.id, { roomJoinPolicy: "CommunicationServiceUsers" }),
  ),
  "unknown role": await refusal(() => rooms.addParticipants(room.id, [{ id: ben, role: "Kafka" }])),
  "no raw id": await refusal(() =>
    rooms.addParticipants(room.id, [{ id: { communicationUserId: "wrong_mri" } }]),
  ),
  "unknown room": await refusal(() => rooms.getRoom("99400000000000000")),
};
await rooms.deleteRoom(room.id);
refusals["deleted room"] = await refusal(() => rooms.getRoom(room.id));
refusals["update of a deleted room"] = await refusal(() => rooms.updateRoom(room.id));
refusals["roster of a deleted room"] = await refusal(listed);
refusals["deleted again"] = await refusal(() => rooms.deleteRoom(room.id));

console.log(
  JSON.stringify({
    release,
    sent: [start, end, later],
    defaults: fields(defaults),
    room: fields(room),
    read: fields(read),
    updated: fields(updated),
    replaced: fields(replaced),
    rosters,
    refusals,
  }),
);
