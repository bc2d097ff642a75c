// Who and when a report is about: the form above it.

import { html } from "htm/preact";
import { useState } from "preact/hooks";
import { page, serviceNow } from "/console/api.js";
import { Choices } from "/console/choices.js";
import { useFollowing } from "/console/fields.js";
import { Input, Submit, useSubmit } from "/console/form.js";
import { Empty, Problem } from "/console/parts.js";
import { fromDateField, periods, toDateField } from "/console/periods.js";
import { sorted } from "/console/problems.js";
import { address, replaceQuery } from "/console/route.js";
import { counted, short } from "/console/words.js";

const RAW_ID = /^\d+:/;
const MOST_PAGES = 5; // that are searched for a name; an external id is in none of them
const FIELDS = ["person", "from", "until"];

/** `failure` is why there is no report. */
export function Question({ query, failure }) {
  const [text, setText] = useFollowing(query.person ?? "");
  const [from, setFrom] = useFollowing(query.from ? toDateField(query.from) : "");
  const [until, setUntil] = useFollowing(query.until ? toDateField(query.until, -1) : "");
  const [found, setFound] = useState(null); // people with that text in their names
  const ask = async () => {
    const wanted = text.trim();
    const people = wanted === query.person ? [] : await peopleCalled(wanted);
    const sure = people.length === 1 && people[0].name.toLowerCase() === wanted.toLowerCase();
    const time = { from: fromDateField(from), until: fromDateField(until, 1) };
    const choose = people.length > 0 && !sure;
    setFound(choose ? people : null);
    replaceQuery(choose ? time : { person: sure ? idOf(people[0]) : wanted, ...time });
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
    ${!found && !query.person && html`<${Nobody} />`}
  `;
}

/** The search by name has its own word for what is asked. */
const fieldOf = (path) => (path === "name" ? "person" : path);

/** Returns by what the API knows a person. */
const idOf = ({ externalId, rawIds }) => externalId ?? rawIds[0];

/** Returns people of the newest rooms with that text in their names. A raw id is no name. */
async function peopleCalled(text) {
  let people = [];
  let next = RAW_ID.test(text) ? null : { name: text };
  for (let pages = 0; !people.length && next && pages < MOST_PAGES; pages += 1)
    ({ value: people, next } = await page("/people", next));
  return people;
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

const Nobody = () => html`<${Empty} title="Whose report?">
  Enter the name, the external id or the raw id of a person.
<//>`;

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
