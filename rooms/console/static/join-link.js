// The button that makes a join link for one person, and copies it.

import { html } from "htm/preact";
import { useState } from "preact/hooks";
import { ask, ofRoom } from "/console/api.js";
import { joinLinks } from "/console/settings.js";
import { called, runsAtAcs } from "/console/words.js";

const MAY_NOT = "Whoever only reads cannot make links.";

/** Nothing where nobody can join with a link: then it would let nobody in. */
export function JoinLink({ room, person }) {
  const [made, setMade] = useState({});
  if (!joinLinks || runsAtAcs(room) || !["open", "upcoming"].includes(room.state)) return null;
  const copy = async () => {
    setMade({ busy: true });
    try {
      const body = { rawId: person.rawId };
      const { url } = await ask("POST", ofRoom(room.roomId, "joinLinks"), { body });
      setMade({ url, copied: await isCopied(url) });
    } catch (failure) {
      setMade({ problem: failure.status === 401 ? MAY_NOT : failure.message });
    }
  };
  return html`<div class="join-link">
    <button type="button" class="quiet" disabled=${made.busy} onClick=${copy}>
      Copy join link<span class="unseen"> of ${called(person)}</span>
    </button>
    <span role="status">${made.copied && "Copied. It is for this person only."}</span>
    ${made.url && !made.copied && html`<${ByHand} url=${made.url} person=${person} />`}
    ${made.problem && html`<span class="problem" role="alert">${made.problem}</span>`}
  </div>`;
}

/** Some browsers do not let a page copy, as long as people have not allowed it. */
async function isCopied(url) {
  try {
    await navigator.clipboard.writeText(url);
    return true;
  } catch {
    return false;
  }
}

const ByHand = ({ url, person }) => html`<input
  readonly
  aria-label=${`Join link of ${called(person)}`}
  value=${url}
  onFocus=${(event) => event.target.select()}
/>`;
