// The rooms quickstart for JavaScript, which is a web page. It calls the same methods of the SDKs in
// the same order. CONNECTION_STRING is put in when the page is bundled.
import { getIdentifierRawId } from "@azure/communication-common";
import { RoomsClient } from "@azure/communication-rooms";

const MINUTES = 60_000;

// What a test reads in the end.
const steps = {};

async function collected(items) {
  const list = [];
  for await (const item of items) list.push(item);
  return list;
}

async function quickstart() {
  const newId = () => crypto.randomUUID();
  const newUser = () => ({ user: { communicationUserId: `8:acs:${newId()}_${newId()}` } });
  const [one, two] = [newUser(), newUser()];
  const rooms = new RoomsClient(CONNECTION_STRING);
  const roster = async (id) =>
    (await collected(rooms.listParticipants(id))).map((p) => [getIdentifierRawId(p.id), p.role]);

  const begin = new Date();
  const middle = new Date(begin.getTime() + 5 * MINUTES);
  const end = new Date(middle.getTime() + 5 * MINUTES);

  const created = await rooms.createRoom({
    validFrom: begin,
    validUntil: middle,
    participants: [{ id: one.user, role: "Attendee" }],
  });
  const read = await rooms.getRoom(created.id);
  const updated = await rooms.updateRoom(created.id, { validFrom: middle, validUntil: end });
  steps.users = [one.user, two.user].map(getIdentifierRawId);
  steps.sent = [begin, middle, end];
  steps.rooms = [created, read, updated];
  steps.listed = (await collected(rooms.listRooms())).map((room) => room.id);

  await rooms.addOrUpdateParticipants(created.id, [{ id: two.user, role: "Consumer" }]);
  steps.added = await roster(created.id);
  await rooms.addOrUpdateParticipants(created.id, [{ id: one.user, role: "Presenter" }]);
  steps.changed = await roster(created.id);
  await rooms.removeParticipants(created.id, [one.user, two.user]);
  steps.removed = await roster(created.id);

  await rooms.deleteRoom(created.id);
}

try {
  await quickstart();
  steps.ended = true;
} catch (error) {
  steps.error = { name: error.name, code: error.code, status: error.statusCode };
}
const result = document.createElement("pre");
result.id = "result";
result.textContent = JSON.stringify(steps);
document.body.append(result);
