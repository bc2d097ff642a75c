// A session with a JavaScript SDK of api-version 2023-03-31-preview or later. Prints what it saw,
// as JSON.
import { collected, newClient, refusal, refused, release, roster, users } from "./client.mjs";

const asked = [];
const noteVersion = {
  name: "noteVersion",
  sendRequest(request, next) {
    asked.push(new URL(request.url).searchParams.get("api-version"));
    return next(request);
  },
};

// These releases resolve a change of participants before the answer is there, and reject it nowhere.
const changed = (change) => new Promise((resolve) => change({ onResponse: resolve }));
const changeRefused = (change) =>
  new Promise((resolve) => {
    process.once("unhandledRejection", (error) => resolve(refused(error)));
    change({});
  });

const rooms = newClient();
const [ann, ben, cem] = users;
const start = new Date(Date.now() + 86_400_000);
const end = new Date(start.getTime() + 3_600_000);
const later = new Date(start.getTime() + 7_200_000);
// Named as in Python. What a release does not know is left out.
const fields = (room) => ({
  id: room.id,
  created_at: room.createdOn,
  valid_from: room.validFrom,
  valid_until: room.validUntil,
  pstn_dial_out_enabled: room.pstnDialOutEnabled,
});
const listed = async () => roster(await collected(rooms.listParticipants(room.id)));

const defaults = await rooms.createRoom();
const room = await rooms.createRoom({
  validFrom: start,
  validUntil: end,
  participants: [{ id: ann, role: "Presenter" }, { id: ben }],
});
const read = await rooms.getRoom(room.id);
const updated = await rooms.updateRoom(room.id, { validFrom: start, validUntil: later });
const rosters = { "at first": await listed() };
await changed((options) =>
  rooms.addOrUpdateParticipants(room.id, [{ id: cem }, { id: ben, role: "Consumer" }], options),
);
rosters["added and updated"] = await listed();
await changed((options) => rooms.removeParticipants(room.id, [ann, cem], options));
rosters.removed = await listed();
const noting = newClient({ additionalPolicies: [{ policy: noteVersion, position: "perCall" }] });
const pages = await collected(noting.listRooms().byPage());

const refusals = {
  past: await refusal(() => rooms.createRoom({ validUntil: new Date(0) })),
  "one time": await refusal(() => rooms.updateRoom(room.id, { validUntil: later })),
  "no raw id": await changeRefused((options) =>
    rooms.addOrUpdateParticipants(room.id, [{ id: { communicationUserId: "wrong_mri" } }], options),
  ),
  "unknown room": await refusal(() => rooms.getRoom("99400000000000000")),
};
await rooms.deleteRoom(room.id);
refusals["deleted room"] = await refusal(() => rooms.getRoom(room.id));
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
    rosters,
    pages: pages.map((page) => page.map(({ id }) => id)),
    asked,
    refusals,
  }),
);
