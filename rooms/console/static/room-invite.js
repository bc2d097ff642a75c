// Inviting people to a room.

import { html } from "htm/preact";
import { useState } from "preact/hooks";
import { ask, ofRoom } from "/console/api.js";
import { Answers, Dialog } from "/console/dialog.js";
import { useSubmit } from "/console/form.js";
import { Problem } from "/console/parts.js";
import {
  given,
  namedOf,
  namesOf,
  PeopleFields,
  somebody,
  withUsers,
} from "/console/people-fields.js";
import { Invalid } from "/console/problems.js";
import { Changed, sendIfSame } from "/console/room-version.js";
import { called, people as counted } from "/console/words.js";

export function Invite({ read: opened, close }) {
  const [read, setRead] = useState(opened);
  const [people, setPeople] = useState([somebody()]);
  const { submit, busy, problems, problem } = useSubmit(async () => {
    const wrong = wrongIn(people, read.room);
    if (Object.keys(wrong).length) throw new Invalid(wrong);
    const invited = await withUsers(people, setPeople);
    const differences = (room) => invitedSince(invited, room);
    try {
      await sendIfSame(read, differences, (headers) => invite(read.room, invited, headers));
    } catch (failure) {
      if (failure instanceof Changed) setRead(failure.read);
      throw failure;
    }
    close(`${counted(invited.length)} invited.`);
  }, namedOf(people));
  return html`<${Dialog} title="Invite people" close=${() => close()}>
    <form class="form" onSubmit=${submit} novalidate>
      <${PeopleFields} people=${people} take=${setPeople} problems=${problems} />
      <${Problem} failure=${problem} />
      <${Answers} busy=${busy} verb="Invite" close=${() => close()} />
    </form>
  <//>`;
}

function invite({ roomId }, invited, headers) {
  const names = namesOf(invited);
  const participants = Object.fromEntries(
    invited.map(({ rawId, role }) => [rawId, { role, ...names[rawId] }]),
  );
  return ask("PATCH", ofRoom(roomId, "invitees"), { body: { participants }, headers });
}

/** Returns what is wrong with the fields: sentences by field. */
function wrongIn(people, room) {
  if (!given(people).length) return { "people.0.name": "Enter who is to be invited." };
  const twice = people
    .map(({ rawId }, place) => [place, inRoster(room, rawId)])
    .filter(([, one]) => one);
  return Object.fromEntries(
    twice.map(([place, { role }]) => [`people.${place}.rawId`, `Is already invited, as ${role}.`]),
  );
}

/** Returns sentences about those whom others have invited meanwhile. */
const invitedSince = (invited, room) =>
  invited
    .map(({ rawId }) => inRoster(room, rawId))
    .filter(Boolean)
    .map((one) => `${called(one)} is invited, as ${one.role}.`);

const inRoster = ({ participants }, rawId) => participants.find((one) => one.rawId === rawId);
