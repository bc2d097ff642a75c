// One person of a room: changing their role and names, and removing them.

import { html } from "htm/preact";
import { useState } from "preact/hooks";
import { ask, ofRoom } from "/console/api.js";
import { Answers, Confirm, Dialog } from "/console/dialog.js";
import { Input, useSubmit } from "/console/form.js";
import { Problem } from "/console/parts.js";
import { ROLES } from "/console/people-fields.js";
import { Changed, sendIfSame } from "/console/room-version.js";
import { admitsGuests, called, rawIdsOf, runsAtAcs } from "/console/words.js";

const FIELDS = { name: "Name", role: "Role", externalId: "External id" };

const invitee = ({ room }, rawId) => room.participants.find((one) => one.rawId === rawId);

/** Sends a change of one person, as PATCH invitees has it: null removes them. */
const sendChange = ({ room }, rawId, change, headers) =>
  ask("PATCH", ofRoom(room.roomId, "invitees"), {
    body: { participants: { [rawId]: change } },
    headers,
  });

/** Returns sentences that say what is different in a person now; null is who is not invited. */
function differencesOf(before, after) {
  if (!after) return ["They are not invited any more: to send this invites them."];
  if (!before) return ["They are invited again."];
  return Object.keys(FIELDS)
    .filter((name) => before[name] !== after[name])
    .map((name) => `${FIELDS[name]} is now ${after[name] ?? "empty"}.`);
}

export function ChangePerson({ read: opened, person, close }) {
  const { rawId } = person;
  const [read, setRead] = useState(opened);
  const [typed, setTyped] = useState({});
  const known = invitee(read, rawId);
  const texts = { ...textsOf(known ?? person), ...typed };
  const { submit, busy, problems, problem } = useSubmit(async () => {
    const differences = (room) => differencesOf(known, invitee({ room }, rawId));
    const change = changeOf(known ? textsOf(known) : {}, texts);
    try {
      if (Object.keys(change).length)
        await sendIfSame(read, differences, (headers) => sendChange(read, rawId, change, headers));
    } catch (failure) {
      if (failure instanceof Changed) setRead(failure.read);
      throw failure;
    }
    close("Saved.");
  }, fieldOf);
  const input = (name, rest, children) => html`<${Input}
    label=${FIELDS[name]}
    name=${name}
    value=${texts[name]}
    take=${(text) => setTyped({ ...typed, [name]: text })}
    problem=${problems[name]}
    ...${rest}
    >${children}<//
  >`;
  return html`<${Dialog} title=${called(person)} close=${() => close()}>
    <form class="form" onSubmit=${submit} novalidate>
      ${input("name")}
      ${input(
        "role",
        { kind: "select", hint: "It takes effect at once, also in the call." },
        ROLES.map((role) => html`<option>${role}</option>`),
      )}
      ${input("externalId", { hint: "What your own system calls this person." })}
      <p class="hint">Raw id: <code>${rawId}</code></p>
      <${Problem} failure=${problem} />
      <${Answers} busy=${busy} verb="Save" close=${() => close()} />
    </form>
  <//>`;
}

const textsOf = (person) =>
  Object.fromEntries(Object.keys(FIELDS).map((name) => [name, person[name] ?? ""]));

/** Returns what the texts change. An empty name is removed. */
const changeOf = (before, texts) =>
  Object.fromEntries(
    Object.entries(texts)
      .filter(([name, text]) => text !== before[name])
      .map(([name, text]) => [name, text || null]),
  );

/** Returns the field of a path of the API: the last part of $.participants.<raw id>.name. */
const fieldOf = (path) => path.split(".").at(-1);

export function RemovePerson({ read, person, close }) {
  const { room } = read;
  const act = async () => {
    await sendChange(read, person.rawId, null);
    close(`${called(person)} is removed.`);
  };
  return html`<${Confirm}
    title=${`Remove ${called(person)} from the room?`}
    verb="Remove"
    act=${act}
    close=${() => close()}
  >
    <p>
      ${
        admitsGuests(room)
          ? "They are not invited any more, but can join as a guest: the room is open."
          : "They can no longer join, and their join links let nobody in."
      }${" "}
      ${
        runsAtAcs(room)
          ? "If they are in the call now, they may stay in it until they leave."
          : "If they are in the call now, they are removed from it."
      }
    </p>
    <p>Their attendance and the log stay.</p>
  <//>`;
}

export function RemoveFromCall({ read: { room }, person, close }) {
  const act = async () => {
    await removeDevices(room.roomId, rawIdsOf(person.stay));
    close(`${called(person)} is removed from the call.`);
  };
  return html`<${Confirm}
    title=${`Remove ${called(person)} from the call?`}
    verb="Remove from the call"
    act=${act}
    close=${() => close()}
  >
    <p>
      ${
        person.invited
          ? "They are still invited, and can come back. To keep them out, remove them from the room."
          : "They can come back as long as the room admits them."
      }
    </p>
  <//>`;
}

/** Removes all devices of a person, who may be in the call with some of their raw ids only. */
async function removeDevices(roomId, rawIds) {
  const removals = await Promise.allSettled(
    rawIds.map((rawId) => ask("DELETE", ofRoom(roomId, "call", "participants", rawId))),
  );
  const failures = removals.map(({ reason }) => reason).filter(Boolean);
  const others = failures.filter(({ code }) => code !== "ParticipantNotInCall");
  if (others.length) throw others[0];
  if (failures.length === rawIds.length) throw failures[0];
}
