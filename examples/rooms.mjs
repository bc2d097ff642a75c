// A room for tomorrow, 10 to 11 (UTC): create it, change it, list it, delete it.
import { randomUUID } from "node:crypto";
import { RoomsClient } from "@azure/communication-rooms";

const connectionString = process.env.COMMUNICATION_CONNECTION_STRING;
if (!connectionString) {
  console.error("Set COMMUNICATION_CONNECTION_STRING to the connection string that `make start` prints.");
  process.exit(1);
}

// In your code: a user that @azure/communication-identity has made.
const newUser = () => ({ communicationUserId: `8:acs:${randomUUID()}_${randomUUID()}` });
const [doctor, patient, interpreter, student] = [newUser(), newUser(), newUser(), newUser()];

const MINUTE = 60_000;
const tomorrow = new Date(Date.now() + 24 * 60 * MINUTE);
tomorrow.setUTCHours(10, 0, 0, 0);
const after = (time, minutes) => new Date(time.getTime() + minutes * MINUTE);
const shown = (time) => time.toISOString().slice(0, 16).replace("T", " ");

const client = new RoomsClient(connectionString);

async function printRoster(roomId) {
  for await (const { id, role } of client.listParticipants(roomId)) {
    console.log(`  ${role.padEnd(10)} ${id.communicationUserId}`);
  }
}

const room = await client.createRoom({
  validFrom: tomorrow,
  validUntil: after(tomorrow, 60),
  participants: [{ id: doctor, role: "Presenter" }, { id: patient }, { id: interpreter }],
});
console.log(`Created room ${room.id}, open from ${shown(room.validFrom)} to ${shown(room.validUntil)} UTC:`);
await printRoster(room.id);

const longer = await client.updateRoom(room.id, {
  validFrom: room.validFrom,
  validUntil: after(room.validUntil, 30),
});
await client.addOrUpdateParticipants(room.id, [{ id: student, role: "Consumer" }]);
await client.removeParticipants(room.id, [interpreter]);
console.log(`Now open until ${shown(longer.validUntil)} UTC, with:`);
await printRoster(room.id);

console.log("Rooms, newest first:");
for await (const listed of client.listRooms()) {
  console.log(`  ${listed.id}, open from ${shown(listed.validFrom)} to ${shown(listed.validUntil)} UTC`);
}

await client.deleteRoom(room.id);
console.log(`Deleted room ${room.id}.`);
