// Explain: may this person come into this room, now or at another time, and if not, why not.

import { html } from "htm/preact";
import { useEffect, useState } from "preact/hooks";
import { get, ofRoom, page } from "/console/api.js";
import { useLoaded } from "/console/loading.js";
import { Field, Heading, Problem, Role, Time } from "/console/parts.js";
import { replaceQuery } from "/console/route.js";
import { called, counted, fromField, localized, toField } from "/console/words.js";

const ROOM_ID = /^[\w\-]{1,64}$/v; // as HTML reads a pattern

export function Explain({ route }) {
  const { room: roomId, person, at } = route.query;
  const [typed, setTyped] = useFollowing(roomId ?? "");
  const [who, setWho] = useFollowing(person ?? "");
  const [when, setWhen] = useFollowing(at ? toField(at) : "");
  const found = useLoaded(
    async (signal) =>
      typed.trim() && !/^\d{16,17}$/.test(typed) ? (await page("/rooms", { title: typed.trim() }, signal)).value : [],
    [typed],
  );
  const overview = useLoaded((signal) => (roomId ? get(ofRoom(roomId, "overview"), {}, signal) : null), [roomId]);
  const people = overview.data?.participants ?? [];
  const rawId = rawIdOf(person, people);
  const answer = useLoaded(
    (signal) => (overview.data && rawId ? get(ofRoom(roomId, "admission"), { rawId, at }, signal) : null),
    [roomId, rawId, at, Boolean(overview.data)],
  );
  const submit = (event) => {
    event.preventDefault();
    replaceQuery(route, { room: typed.trim(), person: who.trim(), at: fromField(when) });
    answer.reload();
  };
  return html`
    <${Heading}>Explain<//>
    <form class="filters" onSubmit=${submit}>
      <${Field} label="Room (id or title)">
        <input name="room" list="rooms" required value=${typed} pattern=${ROOM_ID.source} title="The id of a room: 16 or 17 digits"
          onInput=${(event) => setTyped(event.target.value)} onChange=${(event) => ROOM_ID.test(event.target.value) && replaceQuery(route, { room: event.target.value })} />
      <//>
      <datalist id="rooms">${found.data?.map((room) => html`<option value=${room.id}>${room.title}</option>`)}</datalist>
      <${Field} label="Person (name or raw id)">
        <input name="person" list="people" required value=${who} onInput=${(event) => setWho(event.target.value)} />
      <//>
      <datalist id="people">${people.map((one) => html`<option value=${one.rawId}>${[one.name, one.externalId, one.role].filter(Boolean).join(", ")}</option>`)}</datalist>
      <${Field} label="At (empty: now)"><input name="at" type="datetime-local" value=${when} onInput=${(event) => setWhen(event.target.value)} /><//>
      <button>May they come in?</button>
    </form>
    <${Problem} failure=${overview.failure} reload=${overview.reload} />
    ${overview.data && person && !rawId && html`<p class="problem" role="alert">Nobody invited to this room is called “${person}”, or several are: give the raw id.</p>`}
    <${Problem} failure=${answer.failure} reload=${answer.reload} />
    ${answer.data && html`<${Answer} of=${answer.data} room=${overview.data} at=${at} />`}
  `;
}

/** What is in a field: what was typed, until the address says something else. */
function useFollowing(value) {
  const [typed, setTyped] = useState(value);
  useEffect(() => setTyped(value), [value]);
  return [typed, setTyped];
}

/** Whom that word means: a raw id as it is, else the one who is called so. */
function rawIdOf(person, people) {
  if (!person) return null;
  if (/^\d+:/.test(person)) return person;
  const wanted = person.toLowerCase();
  const found = people.filter((one) => [one.name, one.externalId].some((text) => text?.toLowerCase() === wanted));
  return found.length === 1 ? found[0].rawId : null;
}

function Answer({ of, room, at }) {
  const one = room.participants.find(({ rawId }) => rawId === of.rawId) ?? of;
  const when = at ? html`at <${Time} of=${at} />` : "now";
  const where = room.title ?? `room ${room.roomId}`;
  return html`<section class=${`answer ${of.admitted ? "yes" : "no"}`} role="status">
    <h2>${called(one)} ${of.admitted ? "may" : "may not"} come into ${where} ${when}.</h2>
    ${
      of.admitted &&
      html`
      <p>As <${Role} of=${of.role} />, until <${Time} of=${of.validUntil} />.</p>
      <details>
        <summary>${counted(of.capabilities.length, "capability", "capabilities")} of that role</summary>
        <ul class="capabilities">${of.capabilities.map(({ name, only }) => html`<li><code>${name}</code>${only && html` <span class="faint">(${only} only)</span>`}</li>`)}</ul>
      </details>`
    }
    ${
      !of.admitted &&
      html`<p>What they are told:</p><ul>${of.reasons.map(
        (reason) => html`<li>
      <strong>${localized(reason.message)}</strong> <code class="faint">${reason.code}${reason.subCode ? ` ${reason.subCode}` : ""}</code>
    </li>`,
      )}</ul>`
    }
  </section>`;
}
