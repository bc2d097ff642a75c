// Every method of the client, each once. Prints what came back, as JSON.
import { collected, newClient, refusal } from "./client.mjs";

const user = (n) => ({ communicationUserId: process.env.USERS.split(",")[n] });
const roster = async (id) =>
  (await collected(client.listParticipants(id))).map((p) => [
    p.id.kind,
    p.id.communicationUserId,
    p.role,
  ]);

const client = newClient();
const from = new Date(Date.now() + 86_400_000);
const until = new Date(from.getTime() + 3_600_000);
const later = new Date(until.getTime() + 3_600_000);

const defaults = await client.createRoom();
const room = await client.createRoom({
  validFrom: from,
  validUntil: until,
  pstnDialOutEnabled: true,
  participants: [
    { id: user(0), role: "Presenter" },
    { id: user(1) },
    { id: user(2), role: "Collaborator" },
  ],
});
const read = await client.getRoom(room.id);
const rosterAtFirst = await roster(room.id);

const updated = await client.updateRoom(room.id, { validFrom: from, validUntil: later });
const dialOutOff = await client.updateRoom(room.id, { pstnDialOutEnabled: false });
const unchanged = await client.updateRoom(room.id, {});

await client.addOrUpdateParticipants(room.id, [
  { id: user(3), role: "Consumer" },
  { id: user(1), role: "Presenter" },
]);
const rosterAfterChange = await roster(room.id);
await client.removeParticipants(room.id, [user(0), user(2)]);
const rosterAfterRemoval = await roster(room.id);

const listed = await collected(client.listRooms());
const pages = await collected(client.listRooms().byPage());

const refusals = {
  past: await refusal(() => client.createRoom({ validUntil: new Date(0) })),
  onlyOneTime: await refusal(() => client.updateRoom(room.id, { validUntil: later })),
  identifier: await refusal(() =>
    client.removeParticipants(room.id, [{ phoneNumber: "+14255550123" }]),
  ),
  idLength: await refusal(() => client.getRoom("invalid id/?")),
  id: await refusal(() => client.getRoom("non-existingroomId")),
};

await client.deleteRoom(room.id);
refusals.deleted = await refusal(() => client.getRoom(room.id));
refusals.deletedAgain = await refusal(() => client.deleteRoom(room.id));
refusals.rosterOfDeleted = await refusal(() => roster(room.id));

console.log(
  JSON.stringify({
    sent: { from, until, later },
    defaults,
    room,
    read,
    updated,
    dialOutOff,
    unchanged,
    rosterAtFirst,
    rosterAfterChange,
    rosterAfterRemoval,
    listed: listed.map((r) => r.id),
    createdOn: listed.map((r) => r.createdOn),
    pages: pages.map((page) => page.map((r) => r.id)),
    refusals,
  }),
);
