// The people of a room: who is invited, who of them is in the call, and who else is.

import { html } from "htm/preact";
import { useState } from "preact/hooks";
import { useFew } from "/console/few.js";
import { Field } from "/console/fields.js";
import { HowToJoin } from "/console/join-link.js";
import { useNow } from "/console/loading.js";
import { Menu } from "/console/menu.js";
import { Empty, Person, RawId, Role, Section, Since, Table, Time } from "/console/parts.js";
import { Invite } from "/console/room-invite.js";
import { ChangePerson, RemoveFromCall, RemovePerson } from "/console/room-person.js";
import { address } from "/console/route.js";
import { called, people } from "/console/words.js";

const FEW = 25; // people who are shown at first
const MANY = 20; // people among whom one is searched

export function People({ read, call, rights, open }) {
  const [wanted, setWanted] = useState("");
  const everybody = everybodyIn(read.room, call);
  const found = everybody.filter((person) => isFound(person, wanted.trim().toLowerCase()));
  const { shown, button } = useFew(found, FEW);
  const now = useNow();
  const invite = (close) => html`<${Invite} read=${read} close=${close} />`;
  const inviting =
    rights.change &&
    html`<button type="button" onClick=${() => open(invite)}>Invite people</button>`;
  return html`<${Section}
    title="People"
    note=${`${people(read.room.participants.length)} invited`}
    actions=${everybody.length > 0 && inviting}
  >
    ${
      everybody.length > MANY &&
      html`<${Field} label="Name, external id or raw id contains">
        <input
          type="search"
          value=${wanted}
          onInput=${(event) => setWanted(event.target.value)}
        />
      <//>`
    }
    ${!everybody.length && html`<${Empty} title="Nobody is invited.">${inviting}<//>`}
    ${everybody.length > 0 && !found.length && html`<p role="status">Nobody is found.</p>`}
    ${
      found.length > 0 &&
      html`<${Table}
        label="People"
        columns=${columns(call, rights)}
        rows=${shown.map((person) => ({
          key: person.rawId,
          cells: cells({ person, read, call, rights, open, now }),
        }))}
      />`
    }
    ${button}
  <//>`;
}

/** Returns the invited, and then who else is in the call. Who is in it has a `stay`. */
function everybodyIn({ participants }, call) {
  const present = call?.participants ?? [];
  const invited = participants.map((person) => ({
    ...person,
    invited: true,
    stay: present.find((stay) => isOf(stay, person)),
  }));
  const others = present.filter((stay) => !stay.invited).map((stay) => ({ ...stay, stay }));
  return [...invited, ...others];
}

/** Returns whether somebody in the call is this person, who may have several raw ids. */
const isOf = (stay, { rawId, externalId }) =>
  stay.rawIds.includes(rawId) || (externalId && stay.externalId === externalId);

const isFound = ({ name, displayName, externalId, rawId }, wanted) =>
  [name, displayName, externalId, rawId].some((text) => text?.toLowerCase().includes(wanted));

const columns = (call, rights) =>
  ["Person", "Role", call && "In the call", "External id", "Raw id"]
    .filter(Boolean)
    .concat(rights.describe ? "Actions" : "Access");

function cells({ person, read, call, rights, open, now }) {
  return [
    person.name || person.displayName
      ? html`<${Person} of=${person} />`
      : html`<span class="faint">no name</span>`,
    html`<${Role} of=${person.role} />`,
    ...(call ? [html`<${InCall} person=${person} now=${now} />`] : []),
    person.externalId,
    html`<${RawId} of=${person.rawId} />`,
    html`<${Actions} person=${person} read=${read} rights=${rights} open=${open} />`,
  ];
}

const InCall = ({ person: { stay, invited, guest }, now }) =>
  stay
    ? html`since <${Time} of=${stay.joinedAt} /> (<${Since} time=${stay.joinedAt} now=${now} />)
        ${!invited && html` <span class="state uninvited">${guest ? "guest" : "not invited"}</span>`}`
    : html`<span class="faint">not in the call</span>`;

function Actions({ person, read, rights, open }) {
  const { room } = read;
  const changeable = rights.change && person.invited;
  const removable = rights.endCall && person.stay;
  const join =
    person.invited && html`<${HowToJoin} room=${room} person=${person} rights=${rights} />`;
  const check = room.state !== "deleted" && html`<${Check} room=${room} person=${person} />`;
  const item = (label, kind, Shown) => {
    const shown = (close) => html`<${Shown} read=${read} person=${person} close=${close} />`;
    return html`<button type="button" class=${kind} onClick=${() => open(shown)}>${label}</button>`;
  };
  return html`<div class="actions compact">
    ${join}
    ${
      changeable || removable
        ? html`<${Menu} of=${called(person)}>
            ${changeable && item("Change", undefined, ChangePerson)} ${check}
            ${removable && item("Remove from the call", "danger", RemoveFromCall)}
            ${changeable && item("Remove from the room", "danger", RemovePerson)}
          <//>`
        : check
    }
  </div>`;
}

const Check = ({ room, person }) => html`<a
  href=${address(["access"], { room: room.roomId, person: person.rawId })}
  >Check access<span class="unseen"> of ${called(person)}</span></a
>`;
