// Deleting a room: what it means, and doing it.

import { html } from "htm/preact";
import { useState } from "preact/hooks";
import { ask, ofRoom, ROOMS_API } from "/console/api.js";
import { Confirm } from "/console/dialog.js";
import { Range } from "/console/parts.js";
import { differencesOf } from "/console/room-facts.js";
import { Changed, sendIfSame } from "/console/room-version.js";
import { people, runsAtAcs } from "/console/words.js";

export function DeleteRoom({ read: opened, close }) {
  const [read, setRead] = useState(opened);
  const { room } = read;
  const remove = (headers) => ask("DELETE", ofRoom(room.roomId), { query: ROOMS_API, headers });
  const act = async () => {
    try {
      await sendIfSame(read, (now) => differencesOf(room, now), remove);
    } catch (failure) {
      if (failure instanceof Changed) setRead(failure.read);
      throw failure;
    }
    close("The room is deleted.");
  };
  return html`<${Confirm}
    title=${`Delete ${room.title ?? "this room"}?`}
    verb="Delete room"
    act=${act}
    close=${() => close()}
  >
    <p>
      ${people(room.participants.length)} invited, ${room.scheduledStart ? "scheduled" : "open"}${" "}
      <${Range}
        from=${room.scheduledStart ?? room.validFrom}
        until=${room.scheduledEnd ?? room.validUntil}
      />.
    </p>
    <ul>
      <li>Nobody can join any more. ${!runsAtAcs(room) && "A call that goes on ends."}</li>
      <li>Its calls, their attendance and the log stay, and so does this page.</li>
      <li>A deleted room cannot be brought back.</li>
    </ul>
  <//>`;
}
