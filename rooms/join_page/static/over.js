// After the call: how it ended, and the way back.

import { html } from "htm/preact";
import { serviceNow } from "/join/static/clock.js";
import { Heading } from "/join/static/parts.js";
import { Refusal } from "/join/static/refusal.js";
import { adviceOf } from "/join/static/stopped.js";
import { moment } from "/join/static/words.js";

const TITLES = {
  left: "You have left the call",
  elsewhere: "The call goes on in another tab",
  removed: "You were removed from the call",
  ended: "The call has ended",
  refused: "You cannot join now",
};

/**
 * `why` is a name in TITLES. `found` is what the service last said of the link; `failure`, that it
 * does not accept it any more, or cannot be reached.
 */
export function Over({ why, found, failure, enter, again }) {
  const gone = failure !== undefined && !failure.passing;
  const closed = Date.parse(found.validUntil) <= serviceNow();
  const advice = closed ? `The room was open until ${moment(found.validUntil)}.` : null;
  return html`<main class="message">
    ${found.title && html`<p class="faint"><bdi>${found.title}</bdi></p>`}
    <${Heading}>${TITLES[why]}<//>
    ${gone && html`<p role="status">${advice ?? adviceOf(failure)}</p>`}
    ${!gone && !found.admitted && html`<${Refusal} found=${found} again=${again} />`}
    ${
      !gone &&
      found.admitted &&
      html`<p>
        <button type="button" class="large" onClick=${enter}>
          ${why === "elsewhere" ? "Go on here instead" : "Join again"}
        </button>
      </p>`
    }
  </main>`;
}
