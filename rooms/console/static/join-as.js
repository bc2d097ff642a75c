// Joining a room in the browser, as one of the people who are invited.

import { html } from "htm/preact";
import { useState } from "preact/hooks";
import { Dialog } from "/console/dialog.js";
import { Input, Submit, useSubmit } from "/console/form.js";
import { madeLink } from "/console/join-link.js";
import { Problem } from "/console/parts.js";
import { called } from "/console/words.js";

const TAB = ["_blank", "noopener"]; // the other tab gets nothing of this one, not even its storage

export function JoinAs({ room, close }) {
  const [rawId, setRawId] = useState("");
  const [url, setUrl] = useState(null);
  const { submit, busy, problems, problem } = useSubmit(async () => {
    const made = await madeLink(room, { rawId });
    setUrl(made.url);
    window.open(made.url, ...TAB);
  });
  return html`<${Dialog} title="Join" close=${() => close()}>
    <form class="form" onSubmit=${submit} novalidate>
      <p>The call page opens in another tab. The others see you as this person, in their role.</p>
      <${Input}
        kind="select"
        label="Join as"
        name="rawId"
        required
        value=${rawId}
        take=${setRawId}
        problem=${problems.rawId}
      >
        <option value="">Choose a person</option>
        ${room.participants.map(
          (one) => html`<option value=${one.rawId}>${called(one)}, ${one.role}</option>`,
        )}
      <//>
      <p role="status">
        ${url && html`No other tab? <a href=${url} target=${TAB[0]} rel=${TAB[1]}>Open the call page</a>`}
      </p>
      <${Problem} failure=${problem} />
      <p class="actions">
        <button type="button" class="quiet" onClick=${() => close()}>${url ? "Close" : "Cancel"}</button>
        <${Submit} busy=${busy} kind="primary">Open the call page<//>
      </p>
    </form>
  <//>`;
}
