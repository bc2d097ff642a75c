// What goes on in a room now, or when something will; and ending its call.

import { html } from "htm/preact";
import { ask, ofRoom } from "/console/api.js";
import { Confirm } from "/console/dialog.js";
import { useNow } from "/console/loading.js";
import { LastHeard, Since, Time } from "/console/parts.js";
import { address } from "/console/route.js";
import { length, people } from "/console/words.js";

export function RoomNow({ roomId, room, call, rights, open }) {
  const now = useNow();
  if (!call) return room && html`<div class="now"><p>${nobody(room, now)}</p></div>`;
  const end = (close) => html`<${EndCall} roomId=${roomId} call=${call} close=${close} />`;
  return html`<div class="now live">
    <p>
      <strong>${people(call.count)} in the call</strong>, which began at${" "}
      <${Time} of=${call.startedAt} estimated=${call.startEstimated} />${" "}
      <span class="faint">
        (<${Since} time=${call.startedAt} now=${now} />, <${LastHeard} of=${call} now=${now} />)
      </span>
    </p>
    <div class="actions">
      <a class="button" href=${address(["room", roomId, "call", call.id])}>See the call</a>
      ${
        rights.endCall &&
        html`<button type="button" class="danger" onClick=${() => open(end)}>End the call</button>`
      }
    </div>
  </div>`;
}

/** Says of a room in which nobody is what comes next, or what is wrong. */
function nobody({ state, validFrom, validUntil, scheduledStart, scheduledEnd }, now) {
  if (state === "deleted") return "The room was deleted. What happened in it stays.";
  if (state === "expired") return html`Nobody can join since <${Time} of=${validUntil} />.`;
  const [start, end] = [new Date(scheduledStart), new Date(scheduledEnd)];
  if (scheduledStart && start <= now && now < end)
    return html`<strong>Nobody is in the room.</strong> The meeting should have begun${" "}
      <${Since} time=${scheduledStart} now=${now} /> ago.`;
  const opens = state === "upcoming" && new Date(validFrom);
  const next = [opens && `It opens in ${length((opens - now) / 1000)}.`];
  if (scheduledStart && start > now)
    next.push(`The meeting begins in ${length((start - now) / 1000)}.`);
  return html`<strong>Nobody is in the room.</strong> ${next.filter(Boolean).join(" ")}`;
}

function EndCall({ roomId, call, close }) {
  const act = async () => {
    await ask("DELETE", ofRoom(roomId, "call"));
    close("The call has ended for everybody.");
  };
  return html`<${Confirm}
    title="End the call?"
    verb="End for everybody"
    act=${act}
    close=${() => close()}
  >
    <p>
      ${people(call.count)} ${call.count === 1 ? "is" : "are"} put out of it. While the room is
      open, whoever is invited can begin another one.
    </p>
  <//>`;
}
