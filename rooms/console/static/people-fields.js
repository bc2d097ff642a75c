// The fields of people to invite: a row for each.

import { html } from "htm/preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import { ask, IDENTITY_API } from "/console/api.js";
import { Input } from "/console/form.js";
import { NameInput } from "/console/name-input.js";
import { fieldOf, Invalid } from "/console/problems.js";

export const ROLES = ["Presenter", "Attendee", "Consumer", "Collaborator"];

const LONGEST = 256;
const GUID = "[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}";
const ACS_USER = `8:acs:${GUID}_${GUID}`;
const NO_RAW_ID = "Must be the raw id of an ACS user: 8:acs:<guid>_<guid>.";
const FOR_NOBODY = "Leave it empty for somebody without one: a user is made.";

/** Returns somebody of whom nothing is known. */
export const somebody = () => ({
  key: crypto.randomUUID(),
  name: "",
  role: "Attendee",
  externalId: "",
  rawId: "",
});

/** Returns the people of whom something was typed. */
export const given = (people) =>
  people.filter(({ name, externalId, rawId }) => name || externalId || rawId);

/** Returns the raw id and role of each, as bodies of ACS have it. */
export const rosterOf = (people) =>
  Object.fromEntries(people.map(({ rawId, role }) => [rawId, { role }]));

/** Returns the names of people by raw id, as bodies of details and invitees have them. */
export const namesOf = (people) =>
  Object.fromEntries(
    people.map(({ rawId, name, externalId }) => [
      rawId,
      { ...(name && { name }), ...(externalId && { externalId }) },
    ]),
  );

/**
 * Makes a user for each who has no raw id, and returns the people with raw ids. `keep` gets them
 * after each, so that another attempt makes no second user. Throws Invalid.
 */
export async function withUsers(people, keep) {
  let known = people;
  for (const person of given(people)) {
    if (person.rawId) continue;
    const rawId = await madeUser(people.indexOf(person));
    known = known.map((one) => (one === person ? { ...one, rawId } : one));
    keep(known);
  }
  return given(known);
}

async function madeUser(place) {
  try {
    const { identity } = await ask("POST", "/identities", { query: IDENTITY_API });
    return identity.id;
  } catch (failure) {
    const why = `No user could be made: ${failure.message}`;
    throw new Invalid({
      [nameOf(place, "rawId")]: `${why} Send the form again, or enter the raw id of an ACS user.`,
    });
  }
}

const nameOf = (place, field) => `people.${place}.${field}`;

/** Returns what tells the field of a path such as $.participants.<raw id>.name. */
export const namedOf = (people) => (path) => {
  const rest = /^\$\.participants\.(.*)$/s.exec(path)?.[1];
  const place = people.findIndex(({ rawId }) => rawId && `${rest}.`.startsWith(`${rawId}.`));
  if (place < 0) return fieldOf(path);
  return nameOf(place, rest.slice(people[place].rawId.length + 1) || "rawId");
};

/** The rows of `people`. `take` gets them as they are typed. */
export function PeopleFields({ people, take, problems }) {
  const list = useRef(null);
  const adding = useRef(false);
  useLayoutEffect(() => {
    // At once: what is typed next is for the new row.
    if (adding.current) list.current.querySelector("[role=group]:last-child input").focus();
    adding.current = false;
  }, [people.length]);
  const add = () => {
    adding.current = true;
    take([...people, somebody()]);
  };
  const remove = (person) => {
    take(people.filter((one) => one !== person));
    list.current.parentElement.querySelector("button.add").focus();
  };
  const change = (person, changes) =>
    take(people.map((one) => (one === person ? { ...one, ...changes } : one)));
  return html`<fieldset class="people-fields">
    <legend>People</legend>
    <div class="rows" ref=${list}>
      ${people.map(
        (person, place) => html`<${Row}
          key=${person.key}
          person=${person}
          place=${place}
          before=${people.slice(0, place)}
          problems=${problems}
          change=${(changes) => change(person, changes)}
          remove=${() => remove(person)}
        />`,
      )}
    </div>
    <button type="button" class="add" onClick=${add}>Add a person</button>
  </fieldset>`;
}

function Row({ person, place, before, problems, change, remove }) {
  const common = (name, label) => ({
    label,
    name: nameOf(place, name),
    value: person[name],
    problem: problems[nameOf(place, name)],
    take: (text) => change({ [name]: text }),
    autocomplete: "off",
  });
  const field = (name, label, rest, children) =>
    html`<${Input} ...${common(name, label)} ...${rest}>${children}<//>`;
  const known = ({ name, externalId, rawIds }) =>
    change({ name, externalId: externalId ?? "", rawId: rawIds[0] ?? "" });
  const wrong = problems[nameOf(place, "rawId")];
  const twin = person.rawId && before.findIndex(({ rawId }) => rawId === person.rawId);
  return html`<div role="group" aria-label=${`Person ${place + 1}`}>
    <div class="fields">
      <${NameInput} ...${common("name", "Name")} maxlength=${LONGEST} choose=${known} />
      ${field(
        "role",
        "Role",
        { kind: "select" },
        ROLES.map((role) => html`<option>${role}</option>`),
      )}
      ${field("externalId", "External id", { maxlength: LONGEST })}
      <button type="button" class="quiet" onClick=${remove}>
        Remove<span class="unseen"> person ${place + 1}</span>
      </button>
    </div>
    <details open=${Boolean(wrong || person.rawId)}>
      <summary>More<span class="unseen"> of person ${place + 1}</span></summary>
      ${field("rawId", "Raw id", {
        take: (text) => change({ rawId: text.trim() }),
        placeholder: "8:acs:…",
        pattern: ACS_USER,
        title: NO_RAW_ID,
        hint: FOR_NOBODY,
        fault: twin >= 0 && twin !== "" && `Must be another one: person ${twin + 1} has it.`,
      })}
    </details>
  </div>`;
}
