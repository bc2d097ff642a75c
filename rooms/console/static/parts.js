// Parts that several views show.

import { html } from "htm/preact";
import { useEffect } from "preact/hooks";
import { serviceNow } from "/console/api.js";
import {
  admitsGuests,
  called,
  exact,
  exactLength,
  length,
  moment,
  rawIdsOf,
  runsAtAcs,
  short,
  whoCanJoin,
} from "/console/words.js";

/**
 * The head of a view, and the view. `trail` leads to it: [[label, address], ...]. `badge` is beside
 * the title, `actions` at the right, `lead` beneath. The tab has the same title.
 */
export const Page = ({ title, trail, badge, actions, lead, children }) => html`
  ${trail && html`<${Trail} of=${trail} />`}
  <div class="head">
    <${Heading}>${title}<//>
    ${badge}
    ${actions && html`<div class="actions">${actions}</div>`}
  </div>
  ${lead && html`<p class="lead">${lead}</p>`}
  ${children}
`;

const Trail = ({ of }) => html`<nav class="trail" aria-label="Breadcrumb">
  <ol>
    ${of.map(([label, to]) => html`<li><a href=${to}>${label}</a></li>`)}
  </ol>
</nav>`;

/** The heading of a view. */
export function Heading({ children }) {
  const text = [children].flat().join("");
  useEffect(() => {
    document.title = `${text} · Anteroom`;
  }, [text]);
  return html`<h1 tabindex="-1">${text}</h1>`;
}

/** A part of a view: a region with its title for a name, or with `label`. */
export const Section = ({ title, note, actions, label = title, children }) => html`<section
  class="section"
  aria-label=${label}
>
  <div class="section-head">
    <h2>${title}</h2>
    ${note && html`<span class="faint">${note}</span>`}
    ${actions && html`<div class="actions">${actions}</div>`}
  </div>
  ${children}
</section>`;

/** The sign before what is estimated; screen readers say the word. */
export const About = ({ estimated }) =>
  estimated && html`<span aria-hidden="true">≈ </span><span class="unseen">estimated${" "}</span>`;

/** A time to the minute; hovering shows milliseconds. The date is left out if it is on `day`. */
export function Time({ of, estimated, day }) {
  if (!of) return "";
  return html`<time datetime=${of} title=${exact(of)}
    ><${About} estimated=${estimated} />${moment(of, day)}</time
  >`;
}

/** From when to when: "10:00 to 10:30", or "10:00 to now". */
export const Range = ({ from, until }) => html`<span class="range"
  ><${Time} of=${from} /> to${" "}
  ${until ? html`<${Time} of=${until} day=${new Date(from)} />` : "now"}</span
>`;

/** How long something takes; hovering shows its seconds. */
export const Length = ({ seconds }) =>
  html`<span class="number" title=${exactLength(seconds)}>${length(seconds)}</span>`;

/** How long ago that was, counting. */
export const Since = ({ time, now }) =>
  html`<${Length} seconds=${(now - new Date(time)) / 1000} />`;

/** How long ago the last event of a call came, and whether the call seems to be over. */
export const LastHeard = ({ of, now = serviceNow() }) =>
  of.lastEventAt &&
  html`<span class="heard" title=${exact(of.lastEventAt)}
    >last heard ${length((now - new Date(of.lastEventAt)) / 1000)} ago${
      of.overdue && ", probably over"
    }</span
  >`;

/** The name of a person, and the one that they gave themselves if it differs. */
export function Person({ of }) {
  const differs = of.name && of.displayName && of.displayName !== of.name;
  const own = differs && html` <span class="faint">(as “${of.displayName}”)</span>`;
  return html`<span class="person" title=${rawIdsOf(of).join("\n")}>${called(of)}${own}</span>`;
}

export const Role = ({ of }) =>
  of
    ? html`<span class=${`role ${of.toLowerCase()}`}>${of}</span>`
    : html`<span class="faint">no role</span>`;

export const RawId = ({ of }) => html`<code title=${of}>${short(of)}</code>`;

export const State = ({ of, estimated }) => html`<span class=${`state ${of}`}
  ><${About} estimated=${estimated} />${of}</span
>`;

/** That a room is open to people who are not invited; nothing if it is not. */
export const Guests = ({ room }) =>
  admitsGuests(room) &&
  html`<span class="state guests" title=${`Who can join: ${whoCanJoin(room)}`}>guests</span>`;

/** That the calls of a room run at ACS; nothing if they do not. */
export const AtAcs = ({ room }) =>
  runsAtAcs(room) &&
  html`<span class="state" title="People join with the ACS calling SDK">at ACS</span>`;

/** When a call ended, or that it is live. */
export const Ended = ({ of, now }) =>
  of.endedAt
    ? html`<${Time} of=${of.endedAt} estimated=${of.endEstimated} />`
    : html`<${State} of="live" /> <${LastHeard} of=${of} now=${now} />`;

/** The highest number of people of a call at one time. */
export const Peak = ({ of }) => html`<${About} estimated=${of.peakEstimated} />${of.peak}`;

/** What went wrong, and what happens next. `at` is the time of the data that are still shown. */
export function Problem({ failure, at }) {
  if (!failure) return null;
  const target = failure.target ? ` (${failure.target})` : "";
  const retry = failure.retried ? " Retrying automatically." : "";
  const since = failure.retried && at ? ` The data shown are from ${moment(at)}.` : "";
  return html`<p class="problem" role="alert">${failure.message}${target}${retry}${since}</p>`;
}

/** Holds the place of what is loading: that many lines. */
export const Loading = ({ lines = 3 }) => html`<div class="loading" role="status">
  <span class="unseen">Loading …</span>
  ${Array.from({ length: lines }, () => html`<i />`)}
</div>`;

/** Says what is not there; the children say what to do next. */
export const Empty = ({ title, children }) => html`<div class="empty" role="status">
  <strong>${title}</strong>
  ${children}
</div>`;

/**
 * A table. A column is its name, or {name, number, sort, sorted}: `sort` is called to sort by it,
 * `sorted` is "ascending" or "descending". A row is {key, kind, cells}: `kind` is its class, the
 * first cell its head. On a phone each row is a stack, with the names of the columns.
 */
export const Table = ({ label, columns, rows }) => html`<${Rows}
  label=${label}
  columns=${columns.map(columnOf)}
  rows=${rows}
/>`;

const columnOf = (column) => (typeof column === "string" ? { name: column } : column);

// Roles are named because a stack would lose them.
const Rows = ({ label, columns, rows }) => html`<div class="scroll rows" tabindex="0">
  <table role="table" aria-label=${label}>
    <thead role="rowgroup">
      <tr role="row">${columns.map((column) => html`<${Head} key=${column.name} of=${column} />`)}</tr>
    </thead>
    <tbody role="rowgroup">
      ${rows.map(
        ({ key, kind, cells: [head, ...cells] }) => html`<tr key=${key} class=${kind} role="row">
          <th scope="row" role="rowheader">${head}</th>
          ${cells.map(
            (cell, index) => html`<td
              key=${columns[index + 1].name}
              role="cell"
              class=${columns[index + 1].number && "number"}
              data-column=${columns[index + 1].name}
              >${cell}</td
            >`,
          )}
        </tr>`,
      )}
    </tbody>
  </table>
</div>`;

const Head = ({ of: { name, number, sort, sorted } }) => html`<th
  scope="col"
  role="columnheader"
  class=${number && "number"}
  aria-sort=${sorted}
>
  ${sort ? html`<button type="button" onClick=${sort}>${name}</button>` : name}
</th>`;

/** The button under a list that loads more of it. */
export function More({ pages, of }) {
  const button = html`<button type="button" onClick=${pages.more}>More ${of}</button>`;
  return html`<p class="more" role="status">
    ${pages.loading ? "Loading …" : pages.more && button}
  </p>`;
}
