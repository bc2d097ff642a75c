// Report: a person over rooms and time. The address says who and when; by default this week.

import { html } from "htm/preact";
import { useState } from "preact/hooks";
import { serviceNow } from "/console/api.js";
import { usePages } from "/console/loading.js";
import { Empty, Loading, More, Page, Problem, Section } from "/console/parts.js";
import { daysOf, periodOf } from "/console/periods.js";
import { download } from "/console/report-csv.js";
import { Question } from "/console/report-question.js";
import { ReportTable, Totals } from "/console/report-table.js";
import { called } from "/console/words.js";

const PATH = "/attendance";
const FIRST_ROOMS = 90; // a page of the API has 30

export function Report({ route }) {
  const { person } = route.query;
  const query = { person, ...periodOf(route.query, new Date(serviceNow())) };
  const inputs = Object.values(query);
  const pages = usePages(person ? PATH : null, query, inputs, 0, FIRST_ROOMS);
  return html`
    <${Page} title="Report" lead="The rooms of a person, and when they were there." />
    <${Question} query=${query} failure=${pages.failure} />
    ${person && html`<${Answer} key=${JSON.stringify(query)} query=${query} pages=${pages} />`}
  `;
}

function Answer({ query, pages }) {
  const { values: rooms, ready, loading } = pages;
  if (!ready && loading) return html`<${Loading} lines=${6} />`;
  if (!ready) return null; // the form says why
  const time = daysOf(query);
  if (!rooms.length)
    return html`<${Empty} title=${`No rooms of ${query.person}, ${time}.`}>
      A room without a schedule is shown only if somebody came then. Choose a longer time, or check
      the external id or raw id.
    <//>`;
  const known = rooms.find(({ name, displayName }) => name || displayName);
  return html`
    <${Section}
      title=${known ? called(known) : query.person}
      label="Report"
      note=${time}
      actions=${html`<${Download} query=${query} />`}
    >
      <${Totals} rooms=${rooms} more=${Boolean(pages.more)} />
      <${ReportTable} rooms=${rooms} />
      <${More} pages=${pages} of="rooms" />
    <//>
  `;
}

function Download({ query }) {
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState(null);
  const press = async () => {
    setBusy(true);
    setFailure(null);
    try {
      await download(PATH, query);
    } catch (problem) {
      setFailure(problem);
    }
    setBusy(false);
  };
  return html`
    <button type="button" onClick=${press} disabled=${busy}>Download CSV</button>
    <${Problem} failure=${failure} />
  `;
}
