// Parts that several views show.

import { html } from "htm/preact";
import { useEffect } from "preact/hooks";
import { admitsGuests, called, exact, length, moment, short, whoCanJoin } from "/console/words.js";

/** The heading of a view; the tab has the same title. */
export function Heading({ children }) {
  const text = [children].flat().join("");
  useEffect(() => {
    document.title = `${text} · Anteroom`;
  }, [text]);
  return html`<h1 tabindex="-1">${text}</h1>`;
}

/** A time to the minute; hovering shows milliseconds. The date is left out if it is on `day`. */
export function Time({ of, estimated, day }) {
  if (!of) return "";
  const about = estimated ? "≈ " : "";
  return html`<time datetime=${of} title=${exact(of)}>${about}${moment(of, day)}</time>`;
}

/** From when to when: "10:00 to 10:30", or "10:00 to now". */
export const Range = ({ from, until }) => html`<span class="range"
  ><${Time} of=${from} /> to${" "}
  ${until ? html`<${Time} of=${until} day=${new Date(from)} />` : "now"}</span
>`;

/** How long ago that was, counting. */
export const Since = ({ time, now }) =>
  html`<span class="number">${length((now - new Date(time)) / 1000)}</span>`;

/** The name of a person, and the one that they gave themselves if it differs. */
export function Person({ of }) {
  const differs = of.name && of.displayName && of.displayName !== of.name;
  const own = differs && html` <span class="faint">(as “${of.displayName}”)</span>`;
  const id = of.rawId ?? of.participantId;
  return html`<span class="person" title=${id}>${called(of)}${own}</span>`;
}

export const Role = ({ of }) =>
  of
    ? html`<span class=${`role ${of.toLowerCase()}`}>${of}</span>`
    : html`<span class="faint">no role</span>`;

export const RawId = ({ of }) => html`<code title=${of}>${short(of)}</code>`;

export const State = ({ of }) => html`<span class=${`state ${of}`}>${of}</span>`;

/** That a room is open to people who are not invited; nothing if it is not. */
export const Guests = ({ room }) =>
  admitsGuests(room) &&
  html`<span class="state guests" title=${`Who can join: ${whoCanJoin(room)}`}>guests</span>`;

/** When a call ended, or that it is live. */
export const Ended = ({ of }) =>
  of.endedAt
    ? html`<${Time} of=${of.endedAt} estimated=${of.endEstimated} />`
    : html`<${State} of="live" />`;

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
