// A room for tomorrow, 10 to 11 (UTC): create it, change it, list it, delete it.
import { CommunicationIdentityClient } from "@azure/communication-identity";
import { RoomsClient } from "@azure/communication-rooms";

const connectionString = process.env.COMMUNICATION_CONNECTION_STRING;
if (!connectionString) {
  console.error(
    "Set COMMUNICATION_CONNECTION_STRING to the connection string that `make start` prints.",
  );
  process.exit(1);
}

const identities = new CommunicationIdentityClient(connectionString);
const doctor = await identities.createUser();
const patient = await identities.createUser();
const interpreter = await identities.createUser();
const student = await identities.createUser();

const tomorrowAt = (hours, minutes = 0) => {
  const time = new Date();
  time.setUTCDate(time.getUTCDate() + 1);
  time.setUTCHours(hours, minutes, 0, 0);
  return time;
};
const hours = (room) => `from ${room.validFrom.toISOString()} to ${room.validUntil.toISOString()}`;

const client = new RoomsClient(connectionString);

async function printRoster(roomId) {
  for await (const { id, role } of client.listParticipants(roomId)) {
    console.log(`  ${role.padEnd(10)} ${id.communicationUserId}`);
  }
}

const room = await client.createRoom({
  validFrom: tomorrowAt(10),
  validUntil: tomorrowAt(11),
  participants: [{ id: doctor, role: "Presenter" }, { id: patient }, { id: interpreter }],
});
console.log(`Created room ${room.id}, open ${hours(room)}, with:`);
await printRoster(room.id);

// validFrom and validUntil are changed together.
const longer = await client.updateRoom(room.id, {
  validFrom: tomorrowAt(10),
  validUntil: tomorrowAt(11, 30),
});
await client.addOrUpdateParticipants(room.id, [{ id: student, role: "Consumer" }]);
await client.removeParticipants(room.id, [interpreter]);
console.log(`Now open until ${longer.validUntil.toISOString()}, with:`);
await printRoster(room.id);

console.log("Rooms, newest first:");
for await (const listed of client.listRooms()) {
  console.log(`  ${listed.id}, open ${hours(listed)}`);
}

await client.deleteRoom(room.id);
console.log(`Deleted room ${room.id}.`);
