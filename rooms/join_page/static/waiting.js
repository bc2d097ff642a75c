// Before the call: who one is, a check of camera and microphone, and the way in.

import { html } from "htm/preact";
import { useEffect, useState } from "preact/hooks";
import { Heading, Person } from "/join/static/parts.js";
import { Preview } from "/join/static/preview.js";
import { Refusal } from "/join/static/refusal.js";

/**
 * `found` is what the service says of the link. Calls `enter` to join, and `again` to ask the
 * service anew.
 */
export function Waiting({ found, enter, again }) {
  const [armed, setArmed] = useState(false);
  useEffect(() => {
    if (armed && found.admitted) enter();
  }, [armed, found.admitted]);
  const publishes = found.person.role !== "Consumer";
  const opens = found.reasons?.length === 1 && found.reasons[0].code === "NotOpenYet";
  return html`<main class=${publishes ? "waiting" : "waiting watching"}>
    ${publishes && html`<${Preview} />`}
    <div class="way-in">
      <${Heading}>${found.title ?? "Join the call"}<//>
      <${Who} person=${found.person} />
      ${!found.admitted && html`<${Refusal} found=${found} again=${again} />`}
      ${found.admitted && html`<button class="large" type="button" onClick=${enter}>Join</button>`}
      ${opens && html`<${Arm} armed=${armed} arm=${setArmed} />`}
    </div>
  </main>`;
}

function Who({ person }) {
  const role = person.role ? ` (${person.role})` : "";
  return html`<p class="who">
    You join as <strong><${Person} name=${person.displayName} rawId=${person.rawId} /></strong>${role}.
  </p>`;
}

/** Lets somebody go in without another click when the room opens. */
const Arm = ({ armed, arm }) =>
  armed
    ? html`<p role="status">You join as soon as it opens.</p>
        <button type="button" class="quiet" onClick=${() => arm(false)}>Cancel</button>`
    : html`<button type="button" class="large" onClick=${() => arm(true)}>
        Join when it opens
      </button>`;
