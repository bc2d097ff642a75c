// Parts that several views show.

import { html } from "htm/preact";
import { useEffect } from "preact/hooks";
import { serviceNow } from "/console/api.js";
import {
  admitsGuests,
  called,
  exact,
  length,
  moment,
  rawIdsOf,
  roughly,
  runsAtAcs,
  short,
  whoCanJoin,
} from "/console/words.js";

/** The heading of a view; the tab has the same title. */
export function Heading({ children }) {
  const text = [children].flat().join("");
  useEffect(() => {
    document.title = `${text} · Anteroom`;
  }, [text]);
  return html`<h1 tabindex="-1">${text}</h1>`;
}

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

/** How long ago that was, counting. */
export const Since = ({ time, now }) =>
  html`<span class="number">${length((now - new Date(time)) / 1000)}</span>`;

/** How long ago the last event of a call came, and whether the call seems to be over. */
export const LastHeard = ({ of, now = serviceNow() }) =>
  of.lastEventAt &&
  html`<span class="heard" title=${exact(of.lastEventAt)}
    >last heard ${roughly((now - new Date(of.lastEventAt)) / 1000)} ago${
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

export const Loading = () => html`<p class="faint" role="status">Loading …</p>`;

/** A table that scrolls sideways where the screen is too narrow. */
export const Table = ({ label, columns, children }) => html`<div
  class="scroll"
  role="region"
  aria-label=${label}
  tabindex="0"
>
  <table>
    <thead>
      <tr>${columns.map((column) => html`<th scope="col">${column}</th>`)}</tr>
    </thead>
    <tbody>${children}</tbody>
  </table>
</div>`;

/** The button under a list that loads more of it. */
export function More({ pages, of }) {
  const button = html`<button type="button" onClick=${pages.more}>More ${of}</button>`;
  return html`<p class="more" role="status">
    ${pages.loading ? "Loading …" : pages.more && button}
  </p>`;
}
