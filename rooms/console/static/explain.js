// Explain: may this person come into this room, now or at another time, and if not, why not.

import { html } from "htm/preact";
import { filledPage, get, ofRoom } from "/console/api.js";
import { Field, useFollowing } from "/console/fields.js";
import { useLoaded } from "/console/loading.js";
import { Heading, Problem, Role, Time } from "/console/parts.js";
import { address, replaceQuery } from "/console/route.js";
import { called, counted, fromField, localized, toField } from "/console/words.js";

const ROOM_ID = /^\d{16,17}$/;

/** The rooms that a word means: the one with that id, or those whose title has it. */
async function roomsCalled(word, signal) {
  if (!word) return null;
  if (ROOM_ID.test(word)) return [{ id: word }];
  return (await filledPage("/rooms", { title: word }, signal, 2)).value; // one more would be one too many
}

export function Explain({ route }) {
  const { room: word, person, at } = route.query;
  const [typed, setTyped] = useFollowing(word ?? "");
  const [who, setWho] = useFollowing(person ?? "");
  const written = at ? toField(at) : "";
  const [when, setWhen] = useFollowing(written);
  const found = useLoaded((signal) => roomsCalled(word, signal), [word]);
  const roomId = found.data?.length === 1 ? found.data[0].id : null;
  const overview = useLoaded(
    (signal) => (roomId ? get(ofRoom(roomId, "overview"), {}, signal) : null),
    [roomId],
  );
  const people = overview.data?.participants ?? [];
  const rawId = rawIdOf(person, people);
  const answer = useLoaded(
    (signal) =>
      overview.data && rawId ? get(ofRoom(roomId, "admission"), { rawId, at }, signal) : null,
    [roomId, rawId, at, Boolean(overview.data)],
  );
  const submit = (event) => {
    event.preventDefault();
    replaceQuery({
      room: typed.trim(),
      person: who.trim(),
      at: when === written ? at : fromField(when),
    });
    answer.reload();
  };
  return html`
    <${Heading}>Explain<//>
    <form class="filters" onSubmit=${submit}>
      <${Field} label="Room (id or title)">
        <input name="room" type="search" required maxlength="256" value=${typed} onInput=${(event) => setTyped(event.target.value)}
          onChange=${(event) => replaceQuery({ room: event.target.value.trim() })} />
      <//>
      <${Field} label="Person (name or raw id)">
        <input name="person" list="people" required value=${who} onInput=${(event) => setWho(event.target.value)} />
      <//>
      <datalist id="people">${people.map((one) => html`<option value=${one.rawId}>${[one.name, one.externalId, one.role].filter(Boolean).join(", ")}</option>`)}</datalist>
      <${Field} label="At (empty: now)"><input name="at" type="datetime-local" min="2000-01-01T00:00" max="9999-12-31T23:59" value=${when} onInput=${(event) => setWhen(event.target.value)} /><//>
      <button>May they come in?</button>
    </form>
    <${Problem} failure=${found.failure} />
    <${Which} rooms=${found.data} query=${route.query} />
    <${Problem} failure=${overview.failure} />
    ${overview.data && person && !rawId && html`<p class="problem" role="alert">Nobody invited to this room is called “${person}”, or several are: give the raw id.</p>`}
    <${Problem} failure=${answer.failure} />
    ${answer.data && html`<${Answer} of=${answer.data} room=${overview.data} at=${at} />`}
  `;
}

/** Where a title is that of several rooms, or of none. */
function Which({ rooms, query }) {
  if (!rooms || rooms.length === 1) return null;
  if (!rooms.length) return html`<p class="problem" role="alert">No room has such a title.</p>`;
  return html`<p>Which of these rooms?</p>
    <ul>${rooms.map(
      (room) => html`<li>
      <a href=${address(["explain"], { ...query, room: room.id })}>${room.title}</a>, open from <${Time} of=${room.validFrom} /> until <${Time} of=${room.validUntil} />
    </li>`,
    )}</ul>`;
}

/** Whom that word means: a raw id as it is, else the one who is called so. */
function rawIdOf(person, people) {
  if (!person) return null;
  if (/^\d+:/.test(person)) return person;
  const wanted = person.toLowerCase();
  const found = people.filter((one) =>
    [one.name, one.externalId].some((text) => text?.toLowerCase() === wanted),
  );
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
