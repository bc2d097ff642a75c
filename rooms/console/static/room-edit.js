// Changing the title and the times of a room.

import { html } from "htm/preact";
import { useState } from "preact/hooks";
import { ask, ofRoom, ROOMS_API } from "/console/api.js";
import { Answers, Dialog } from "/console/dialog.js";
import { Input, useSubmit } from "/console/form.js";
import { Problem } from "/console/parts.js";
import { Invalid } from "/console/problems.js";
import {
  changedDetails,
  changedValidity,
  completed,
  differencesOf,
  LABELS,
  SCHEDULE,
  textsOf,
  VALIDITY,
  wrongIn,
} from "/console/room-facts.js";
import { Changed, readIfSame, sendIfSame } from "/console/room-version.js";
import { faultOf, MAX, MIN } from "/console/time-input.js";
import { zone } from "/console/words.js";

const FOLLOW = "When it is open follows the schedule, until you change it.";

/** `read` is the room when the form was opened; `rights` may be to describe it only. */
export function EditRoom({ read: opened, rights, close }) {
  const [read, setRead] = useState(opened);
  const [typed, setTyped] = useState({});
  const texts = completed(textsOf(read.room), typed);
  const { submit, busy, problems, problem } = useSubmit(async () => {
    try {
      await save(read, texts, setRead);
      close("Saved.");
    } catch (failure) {
      if (failure instanceof Changed) setRead(failure.read);
      throw failure;
    }
  });
  const input = (name, rest) => html`<${Input}
    label=${LABELS[name]}
    name=${name}
    value=${texts[name]}
    take=${(text) => setTyped({ ...typed, [name]: text })}
    problem=${problems[name]}
    ...${rest}
  />`;
  const time = (name, rest) =>
    input(name, {
      type: "datetime-local",
      min: MIN,
      max: MAX,
      fault: faultOf(texts[name]),
      ...rest,
    });
  return html`<${Dialog} title="Edit room" close=${() => close()}>
    <form class="form" onSubmit=${submit} novalidate>
      ${input("title")}
      <div class="pair">${SCHEDULE.map((name) => time(name))}</div>
      ${
        rights.change &&
        html`<div class="pair">
          ${VALIDITY.map((name) => time(name, { required: true }))}
        </div>`
      }
      <p class="hint">Times are in ${zone()}. ${rights.change && FOLLOW}</p>
      ${input("externalId", { hint: "What your own system calls this room." })}
      <${Problem} failure=${problem} />
      <${Answers} busy=${busy} verb="Save" close=${() => close()} />
    </form>
  <//>`;
}

/**
 * Sends what the texts change, while the room is as it was read. The times at which it is open are
 * a request of their own: `took` gets the room after it, so that it is not sent twice.
 */
async function save(read, texts, took) {
  const wrong = wrongIn(texts);
  if (Object.keys(wrong).length) throw new Invalid(wrong);
  const { roomId } = read.room;
  const [validity, details] = [changedValidity(read.room, texts), changedDetails(read.room, texts)];
  const change = (path, query, body) => (headers) => ask("PATCH", path, { query, body, headers });
  let known = read;
  const differences = (now) => differencesOf(known.room, now);
  if (validity) {
    await sendIfSame(known, differences, change(ofRoom(roomId), ROOMS_API, validity));
    known = { ...known, room: { ...known.room, ...validity } };
    known = await readIfSame(roomId, differences);
    took(known);
  }
  if (details) await sendIfSame(known, differences, change(ofRoom(roomId, "details"), {}, details));
}
