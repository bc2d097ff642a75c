// After the call: how it ended, and the way back.

import { html } from "htm/preact";
import { Heading } from "/join/static/parts.js";
import { Refusal } from "/join/static/refusal.js";

const TITLES = {
  left: "You have left the call",
  elsewhere: "The call goes on in another tab",
  removed: "You were removed from the call",
  ended: "The call has ended",
  refused: "You cannot come back into the call",
};

/** `why` is a name in TITLES. */
export const Over = ({ why, found, enter, again }) => html`<main class="message">
  <${Heading}>${TITLES[why]}<//>
  ${!found.admitted && html`<${Refusal} found=${found} again=${again} />`}
  ${
    found.admitted &&
    html`<p>
      <button type="button" class="large" onClick=${enter}>
        ${why === "elsewhere" ? "Go on here instead" : "Join again"}
      </button>
    </p>`
  }
</main>`;
