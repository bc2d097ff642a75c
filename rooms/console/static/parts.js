// What several views show.

import { html } from "htm/preact";
import { useEffect } from "preact/hooks";
import { called, exact, length, moment, short } from "/console/words.js";

/** The heading of a view, which names the tab, too. */
export function Heading({ children }) {
  const text = [children].flat().join("");
  useEffect(() => {
    document.title = `${text} · Anteroom`;
  }, [text]);
  return html`<h1 tabindex="-1">${text}</h1>`;
}

/** A time; hovering tells it to the millisecond. */
export const Time = ({ of, estimated }) =>
  of
    ? html`<time datetime=${of} title=${exact(of)}>${estimated ? "≈ " : ""}${moment(of)}</time>`
    : "";

/** How long ago that was, counting. */
export const Since = ({ time, now }) =>
  html`<span class="number">${length((now - new Date(time)) / 1000)}</span>`;

/** Who it is, and what they call themselves if that is something else. */
export function Person({ of }) {
  const self = of.name && of.displayName && of.displayName !== of.name ? of.displayName : null;
  return html`<span class="person" title=${of.rawId ?? of.participantId}
    >${called(of)}${self && html` <span class="faint">(as “${self}”)</span>`}</span
  >`;
}

export const Role = ({ of }) =>
  of
    ? html`<span class=${`role ${of.toLowerCase()}`}>${of}</span>`
    : html`<span class="faint">no role</span>`;

export const RawId = ({ of }) => html`<code title=${of}>${short(of)}</code>`;

export const State = ({ of }) => html`<span class=${`state ${of}`}>${of}</span>`;

/** When a call ended, or that it has not. */
export const Ended = ({ of }) =>
  of.endedAt
    ? html`<${Time} of=${of.endedAt} estimated=${of.endEstimated} />`
    : html`<${State} of="live" />`;

/** What went wrong, and what happens next. */
export function Problem({ failure, at }) {
  if (!failure) return null;
  const target = failure.target ? ` (${failure.target})` : "";
  const since = at ? ` What is shown is from ${moment(at)}.` : "";
  return html`<p class="problem" role="alert">${failure.message}${target}${failure.retried && ` Trying again by itself.${since}`}</p>`;
}

export const Loading = () => html`<p class="faint" role="status">Loading …</p>`;

/** A table that scrolls by itself where the screen is too narrow. */
export const Table = ({
  label,
  columns,
  children,
  ...rest
}) => html`<div class="scroll" role="region" aria-label=${label} tabindex="0" ...${rest}>
  <table>
    <thead>
      <tr>${columns.map((column) => html`<th scope="col">${column}</th>`)}</tr>
    </thead>
    <tbody>${children}</tbody>
  </table>
</div>`;

export const More = ({ pages, of }) => html`<p class="more" role="status">
  ${pages.loading ? "Looking …" : pages.more ? html`<button type="button" onClick=${pages.more}>More ${of}</button>` : ""}
</p>`;
