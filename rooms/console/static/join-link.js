// What a person needs to join a room: a join link, or else the ids that their client asks with.

import { html } from "htm/preact";
import { ask, ofRoom } from "/console/api.js";
import { Copy } from "/console/copying.js";
import { called, runsAtAcs } from "/console/words.js";

/** Returns a join link for somebody: its url is all that they need. */
export const madeLink = ({ roomId }, { rawId }) =>
  ask("POST", ofRoom(roomId, "joinLinks"), { body: { rawId } });

/** Returns what a client needs to join, where no link leads into the room. */
function joinDetails(room, { rawId }) {
  const lines = [`Room id: ${room.roomId}`, `Raw id: ${rawId}`];
  return [...lines, ...(runsAtAcs(room) ? [] : [`Endpoint: ${location.origin}`])].join("\n");
}

/** The button that copies it. Nothing if nobody can join the room, or who asks may not tell. */
export function HowToJoin({ room, person, rights }) {
  if (!rights.callIn) return null;
  return rights.link
    ? html`<${Copy}
        label="Copy join link"
        of=${called(person)}
        text=${async () => (await madeLink(room, person)).url}
        told="Copied. It is for this person only."
      />`
    : html`<${Copy}
        label="Copy join details"
        of=${called(person)}
        text=${() => joinDetails(room, person)}
        told="Copied: the room id, and what else their client needs."
      />`;
}
