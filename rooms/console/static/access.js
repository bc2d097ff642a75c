// Check access: may this person join this room, now or at another time, and if not, why not.

import { html } from "htm/preact";
import { filledPage, get, ofRoom } from "/console/api.js";
import { Field, useFollowing } from "/console/fields.js";
import { useLoaded } from "/console/loading.js";
import { Page, Problem, Range, Role, Time } from "/console/parts.js";
import { address, replaceQuery } from "/console/route.js";
import { called, counted, fromField, localized, toField } from "/console/words.js";

const ROOM_ID = /^\d{16,17}$/;
const RAW_ID = /^\d+:/;

export function Access({ route }) {
  const { room: word, person, at } = route.query;
  const found = useLoaded((signal) => findRooms(word, signal), [word]);
  const roomId = found.data?.length === 1 ? found.data[0].id : null;
  const load = async (signal) => roomId && (await get(ofRoom(roomId, "overview"), {}, signal));
  const { data: room, failure } = useLoaded(load, [roomId]);
  const participants = room?.participants ?? [];
  const matches = person ? rawIdsOf(person, participants) : [];
  const rawId = matches.length === 1 ? matches[0] : null;
  const check = async (signal) =>
    room && rawId && (await get(ofRoom(roomId, "admission"), { rawId, at }, signal));
  const answer = useLoaded(check, [roomId, rawId, at, Boolean(room)]);
  return html`<${Page}
    title="Check access"
    lead="May a person join a room, now or at another time? If not, why not?"
  >
    <${Question} query=${route.query} participants=${participants} asked=${answer.reload} />
    <${Problem} failure=${found.failure} />
    <${Choice} rooms=${found.data} query=${route.query} />
    <${Problem} failure=${failure} />
    ${room && person && !rawId && html`<${Unclear} person=${person} count=${matches.length} />`}
    <${Problem} failure=${answer.failure} />
    ${answer.data && html`<${Answer} of=${answer.data} room=${room} at=${at} />`}
  <//>`;
}

/** Returns the room with that id, or rooms with that text in the title; null without a text. */
async function findRooms(word, signal) {
  if (!word) return null;
  if (ROOM_ID.test(word)) return [{ id: word }];
  const least = 2; // enough to know that one must be chosen
  return (await filledPage("/rooms", { title: word }, signal, least)).value;
}

/** Returns the raw ids that may be meant: a raw id is itself, a name or external id is searched. */
function rawIdsOf(text, participants) {
  if (RAW_ID.test(text)) return [text];
  const wanted = text.toLowerCase();
  return participants
    .filter(({ name, externalId }) =>
      [name, externalId].some((own) => own?.toLowerCase() === wanted),
    )
    .map(({ rawId }) => rawId);
}

function Question({ query, participants, asked }) {
  const [room, setRoom] = useFollowing(query.room ?? "");
  const [person, setPerson] = useFollowing(query.person ?? "");
  const given = query.at ? toField(query.at) : "";
  const [when, setWhen] = useFollowing(given);
  const submit = (event) => {
    event.preventDefault();
    const at = when === given ? query.at : fromField(when); // the field has no seconds
    replaceQuery({ room: room.trim(), person: person.trim(), at });
    asked();
  };
  return html`<form class="filters" onSubmit=${submit}>
    <${Field} label="Room (id or title)">
      <input
        name="room"
        type="search"
        required
        maxlength="256"
        value=${room}
        onInput=${(event) => setRoom(event.target.value)}
        onChange=${(event) => replaceQuery({ room: event.target.value.trim() })}
      />
    <//>
    <${Field} label="Person (name or raw id)">
      <input
        name="person"
        list="people"
        required
        value=${person}
        onInput=${(event) => setPerson(event.target.value)}
      />
    <//>
    <datalist id="people">
      ${participants.map((one) => html`<option value=${one.rawId}>${describe(one)}</option>`)}
    </datalist>
    <${Field} label="At (empty: now)">
      <input
        name="at"
        type="datetime-local"
        min="2000-01-01T00:00"
        max="9999-12-31T23:59"
        value=${when}
        onInput=${(event) => setWhen(event.target.value)}
      />
    <//>
    <button class="primary">Check access</button>
  </form>`;
}

const describe = ({ name, externalId, role }) =>
  [name, externalId, role].filter(Boolean).join(", ");

/** Offers the rooms where several have the title, and says so where none has. */
function Choice({ rooms, query }) {
  if (!rooms || rooms.length === 1) return null;
  if (!rooms.length) {
    return html`<p class="problem" role="alert">No room has this text in its title.</p>`;
  }
  return html`
    <p>Several rooms have this text in the title. Choose one:</p>
    <ul>
      ${rooms.map(
        (room) => html`<li>
          <a href=${address(["access"], { ...query, room: room.id })}>${room.title}</a>, open${" "}
          <${Range} from=${room.validFrom} until=${room.validUntil} />
        </li>`,
      )}
    </ul>`;
}

const Unclear = ({ person, count }) => html`<p class="problem" role="alert">
  ${count ? "Several participants are" : "No participant of this room is"} called “${person}”.
  ${" "}Enter the raw id.
</p>`;

function Answer({ of, room, at }) {
  const person = room.participants.find(({ rawId }) => rawId === of.rawId) ?? of;
  const when = at ? html`at <${Time} of=${at} />` : "now";
  const where = room.title ?? `room ${room.roomId}`;
  return html`<section class=${`answer ${of.admitted ? "yes" : "no"}`} role="status">
    <h2>${called(person)} ${of.admitted ? "may" : "may not"} join ${where} ${when}.</h2>
    ${of.admitted ? html`<${Admitted} of=${of} />` : html`<${Refused} reasons=${of.reasons} />`}
  </section>`;
}

const Admitted = ({ of }) => html`
  <p>
    As <${Role} of=${of.role} />${of.guest && ", as a guest"}, until${" "}
    <${Time} of=${of.validUntil} />.
  </p>
  <details>
    <summary>${counted(of.capabilities.length, "capability", "capabilities")} of this role</summary>
    <ul class="capabilities">
      ${of.capabilities.map(
        ({ name, only }) => html`<li>
          <code>${name}</code>${only && html` <span class="faint">(${only} only)</span>`}
        </li>`,
      )}
    </ul>
  </details>`;

const Refused = ({ reasons }) => html`
  <p>What the person is shown:</p>
  <ul>
    ${reasons.map(
      ({ message, code, subCode }) => html`<li>
        <strong>${localized(message)}</strong>${" "}
        <code class="faint">${[code, subCode].filter(Boolean).join(" ")}</code>
      </li>`,
    )}
  </ul>`;
