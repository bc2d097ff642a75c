// Making a room: its title, its times and its people.

import { html } from "htm/preact";
import { useRef, useState } from "preact/hooks";
import { Input, Submit, useSubmit } from "/console/form.js";
import { useMe } from "/console/me.js";
import { Empty, Loading, Page, Problem } from "/console/parts.js";
import { namedOf, PeopleFields, somebody, withUsers } from "/console/people-fields.js";
import { Invalid } from "/console/problems.js";
import { makeRoom, nothingYet } from "/console/room-making.js";
import { address } from "/console/route.js";
import { acsMode } from "/console/settings.js";
import { TimeInput } from "/console/time-input.js";
import { zone } from "/console/words.js";

const MINUTE = 60_000; // milliseconds
const MEETING = 30; // minutes
const AROUND = 15; // minutes in which a room is open before and after
const LONGEST = 256;

const TRAIL = [["Rooms", address(["rooms"])]];

export function NewRoom() {
  const { known, mayManage } = useMe();
  return html`<${Page} title="New room" trail=${TRAIL}>
    ${known ? html`<${Form} may=${mayManage} />` : html`<${Loading} />`}
  <//>`;
}

function Form({ may }) {
  if (!may) {
    return html`<${Empty} title="Your key only reads.">
      <p>Sign in with a key that may manage to make rooms.</p>
    <//>`;
  }
  if (acsMode === "observe") {
    return html`<${Empty} title="Rooms are made at ACS.">
      <p>This service only observes them. Make the room there, and it is shown here.</p>
    <//>`;
  }
  return html`<${Fields} />`;
}

function Fields() {
  const [title, setTitle] = useState("");
  const [typed, setTyped] = useState({});
  const [people, setPeople] = useState([somebody()]);
  const attempts = useRef(nothingYet());
  const times = completed(typed);
  const { submit, busy, problems, problem } = useSubmit(async () => {
    const wrong = wrongIn(times);
    if (Object.keys(wrong).length) throw new Invalid(wrong);
    const invited = await withUsers(people, setPeople);
    const wanted = { title: title.trim(), ...times, people: invited };
    const roomId = await makeRoom(attempts.current, wanted);
    location.hash = address(["room", roomId]);
  }, namedOf(people));
  const time = (name, label, hint) => html`<${TimeInput}
    label=${label}
    name=${name}
    value=${times[name]}
    take=${(value) => setTyped({ ...typed, [name]: value })}
    problem=${problems[name]}
    hint=${hint}
  />`;
  const { roomId } = attempts.current;
  return html`<form class="form new-room" onSubmit=${submit} novalidate>
    <${Input}
      label="Title"
      name="title"
      value=${title}
      take=${setTitle}
      problem=${problems.title}
      maxlength=${LONGEST}
      autocomplete="off"
    />
    <fieldset>
      <legend>Scheduled</legend>
      <div class="pair">${time("scheduledStart", "From")} ${time("scheduledEnd", "Until")}</div>
      <p class="hint">Times are in ${zone()}.</p>
    </fieldset>
    <fieldset>
      <legend>Open</legend>
      <div class="pair">${time("validFrom", "From")} ${time("validUntil", "Until")}</div>
      <p class="hint">
        People can join in this time. If both are empty: from now, for 180 days.
      </p>
    </fieldset>
    <${PeopleFields} people=${people} take=${setPeople} problems=${problems} />
    <${Problem} failure=${problem} />
    ${roomId && !busy && html`<${Half} roomId=${roomId} />`}
    <p class="actions">
      <${Submit} busy=${busy} kind="primary">${roomId ? "Save the rest" : "Create room"}<//>
      <a href=${address(["rooms"])}>Cancel</a>
    </p>
  </form>`;
}

const Half = ({ roomId }) => html`<p role="status">
  The room is there, but not all of the form is saved in it. Send the form again to save the rest,
  or <a href=${address(["room", roomId])}>look at the room</a>.
</p>`;

/** Returns the times, with defaults for those that nobody typed. */
function completed(typed) {
  const { scheduledStart = "" } = typed;
  const { scheduledEnd = apart(scheduledStart, MEETING) } = typed;
  const { validFrom = apart(scheduledStart, -AROUND) } = typed;
  const { validUntil = apart(scheduledEnd, AROUND) } = typed;
  return { scheduledStart, scheduledEnd, validFrom, validUntil };
}

const apart = (time, minutes) =>
  time && new Date(Date.parse(time) + minutes * MINUTE).toISOString();

/** Returns what is wrong with the schedule: the room must not be made before that is known. */
function wrongIn({ scheduledStart, scheduledEnd }) {
  if (!scheduledStart && scheduledEnd)
    return { scheduledStart: "Must be given, or the end must be empty, too." };
  if (scheduledStart && !scheduledEnd)
    return { scheduledEnd: "Must be given, or the start must be empty, too." };
  if (scheduledStart && scheduledEnd <= scheduledStart)
    return { scheduledEnd: "Must be after the start." };
  return {};
}
