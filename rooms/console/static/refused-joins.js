// Who was refused in the last hour, at which room, and why.

import { html } from "htm/preact";
import { Entries } from "/console/entries.js";
import { Empty, Person, Time } from "/console/parts.js";
import { useRefusals } from "/console/refusals.js";
import { address } from "/console/route.js";
import { localized, moment } from "/console/words.js";

const FEW = 5; // people who are shown at first

/** Why somebody may not join, in words for whoever runs the room. */
const WHY = {
  NotCommunicationUser: () => "no user of ACS",
  NotInvited: () => "not invited",
  NotOpenYet: ({ opensAt }) => `too early, the room opens at ${moment(opensAt)}`,
  Closed: () => "too late, the room is closed",
  RoomFull: () => "the call is full",
};

const why = (reason) => WHY[reason.code]?.(reason) ?? localized(reason.message);

export function RefusedJoins({ now, ready }) {
  const { refusals, at, failure } = useRefusals(now, ready);
  return html`<${Entries}
    title="Refused in the last hour"
    entries=${refusals}
    few=${FEW}
    entry=${(refusal) => html`<${Entry} key=${refusal.key} refusal=${refusal} />`}
    nothing=${html`<${Nothing} />`}
    failure=${failure}
    at=${at}
  />`;
}

const Nothing = () => html`<${Empty} title="Nobody was refused.">
  <a href=${address(["access"])}>Check whether somebody may join</a>
<//>`;

function Entry({ refusal }) {
  const { roomId, room, rawId, displayName, reasons, time, count } = refusal;
  const name = room?.participants.find((one) => one.rawId === rawId)?.name;
  const check = address(["access"], { room: roomId, person: rawId });
  return html`<li>
    <${Time} of=${time} />
    <strong><${Person} of=${{ rawId, name, displayName }} /></strong>
    <p>
      ${reasons.map(why).join("; ")}${count > 1 && ` (${count} times)`},
      ${" "}<a href=${address(["room", roomId])}>${room?.title ?? `Room ${roomId}`}</a>,
      ${" "}<a href=${check}>why</a>
    </p>
  </li>`;
}
