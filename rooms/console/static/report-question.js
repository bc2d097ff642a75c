// Who and when a report is about: the form above it.

import { html } from "htm/preact";
import { useState } from "preact/hooks";
import { get, serviceNow } from "/console/api.js";
import { Choices } from "/console/choices.js";
import { useFollowing } from "/console/fields.js";
import { Input, Submit, useSubmit } from "/console/form.js";
import { Problem } from "/console/parts.js";
import { fromDateField, periods, toDateField } from "/console/periods.js";
import { sorted } from "/console/problems.js";
import { address, replaceQuery } from "/console/route.js";
import { counted, short } from "/console/words.js";

const RAW_ID = /^\d+:/;
const FIELDS = ["person", "from", "until"];

/** `failure` is why there is no report. */
export function Question({ query, failure }) {
  const [text, setText] = useFollowing(query.person ?? "");
  const [from, setFrom] = useFollowing(query.from ? toDateField(query.from) : "");
  const [until, setUntil] = useFollowing(query.until ? toDateField(query.until, -1) : "");
  const [found, setFound] = useState(null); // people with that text in their names
  const ask = async () => {
    const people = await peopleCalled(text.trim());
    const one = people.length === 1 && same(people[0].name, text) ? idOf(people[0]) : null;
    const clear = one !== null || !people.length;
    setFound(clear ? null : people);
    replaceQuery({
      person: clear ? (one ?? text.trim()) : query.person,
      from: fromDateField(from),
      until: fromDateField(until, 1),
    });
  };
  const { submit, busy, problems, problem } = useSubmit(ask, fieldOf);
  const refused = failure ? sorted(failure, (name) => FIELDS.includes(name)) : {};
  const wrong = { ...refused.problems, ...problems };
  return html`
    <form class="filters" role="search" aria-label="Report" novalidate onSubmit=${submit}>
      <${Input}
        label="Person"
        name="person"
        type="search"
        required
        placeholder="Name, external id or raw id"
        value=${text}
        take=${setText}
        problem=${wrong.person}
      />
      <${Input} label="From" name="from" type="date" value=${from} take=${setFrom} problem=${wrong.from} />
      <${Input} label="To" name="until" type="date" value=${until} take=${setUntil} problem=${wrong.until} />
      <${Submit} kind="primary" busy=${busy}>Show report<//>
    </form>
    <${Offered} query=${query} />
    <${Problem} failure=${problem ?? refused.problem} />
    ${found && html`<${Found} people=${found} text=${text.trim()} query=${query} done=${() => setFound(null)} />`}
  `;
}

/** The search by name has its own word for what is asked. */
const fieldOf = (path) => (path === "name" ? "person" : path);

const same = (one, other) => one.toLowerCase() === other.trim().toLowerCase();

/** Returns by what the API knows a person. */
const idOf = ({ externalId, rawIds }) => externalId ?? rawIds[0];

/** Returns people with that text in their names. A raw id is nobody's name. */
async function peopleCalled(text) {
  if (RAW_ID.test(text)) return [];
  try {
    return (await get("/people", { name: text })).value;
  } catch (failure) {
    if (failure.status === 404) return [];
    throw failure;
  }
}

/** Times to choose with one press. */
function Offered({ query }) {
  const offered = periods(new Date(serviceNow()));
  const chosen = offered.find(({ from, until }) => from === query.from && until === query.until);
  const choose = (name) => {
    const { from, until } = offered.find((period) => period.name === name);
    replaceQuery({ from, until });
  };
  return html`<${Choices}
    label="Time"
    options=${offered.map(({ name }) => ({ value: name, label: name }))}
    chosen=${chosen?.name}
    choose=${choose}
  />`;
}

/** Who may be meant. What is searched may also be an external id. */
const Found = ({
  people,
  text,
  query,
  done,
}) => html`<section class="card" aria-label="People found">
  <p role="status">${counted(people.length, "person has", "people have")} “${text}” in the name.</p>
  <ul>
    ${people.map(
      (person) => html`<li key=${idOf(person)}>
        <a href=${address(["report"], { ...query, person: idOf(person) })} onClick=${done}>
          ${person.name}
        </a>${" "}
        <span class="faint">${person.externalId ?? short(person.rawIds[0])}, ${counted(person.rooms, "room")}</span>
      </li>`,
    )}
    <li>
      <a href=${address(["report"], { ...query, person: text })} onClick=${done}>
        The person with the external id “${text}”
      </a>
    </li>
  </ul>
</section>`;
