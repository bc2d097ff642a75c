// What is shown where there is no way to the call.

import { html } from "htm/preact";
import { Heading } from "/join/static/parts.js";

const TITLES = {
  JoinLinkInvalid: "This link does not work",
  JoinLinkUsed: "This link is already in use",
  CallsAtAcs: "The call is in another app",
};

const ADVICE = {
  JoinLinkInvalid: "The link is damaged, or has expired. Ask whoever sent it for another one.",
  JoinLinkUsed:
    "Somebody has joined with this link in another browser. Go on there, or ask whoever sent it for another one.",
  CallsAtAcs: "The call of this room is not on this page. Ask whoever sent the link where to join.",
};

/** What to do about a failure of the service. */
export const adviceOf = (failure) => ADVICE[failure.code] ?? failure.message;

/** A failure of the service. Those that pass are tried again. */
export const Stopped = ({ failure, again }) => html`<main class="message">
  <${Heading}>${TITLES[failure.code] ?? "The call cannot be joined"}<//>
  <p role="alert">${adviceOf(failure)}</p>
  ${failure.passing && html`<p class="faint">This page tries again by itself.</p>`}
  <p><button type="button" class="quiet" onClick=${again}>Try again</button></p>
</main>`;

/** The page was opened without a join link. */
export const NoLink = () => html`<main class="message">
  <${Heading}>There is no join link here<//>
  <p>Open the link that you were sent once more. It belongs to one person.</p>
</main>`;

export const Loading = () => html`<main class="message"><p role="status">One moment …</p></main>`;
