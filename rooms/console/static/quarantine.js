// Quarantine: the events that could not be read, why, and retrying them.

import { html } from "htm/preact";
import { useState } from "preact/hooks";
import { ask, get } from "/console/api.js";
import { Confirm } from "/console/dialog.js";
import { usePages } from "/console/loading.js";
import { useMe } from "/console/me.js";
import { Empty, Loading, More, Page, Problem, Time } from "/console/parts.js";
import { address, focusHeading } from "/console/route.js";
import { revealed } from "/console/shown.js";

const EVERY_SECONDS = 10;
const LEAD =
  "Events that came and could not be read. They are kept. Retry them after an upgrade that can " +
  "read them.";

export function Quarantine() {
  const pages = usePages("/quarantine", {}, [], EVERY_SECONDS);
  const [result, setResult] = useState(null);
  const done = (id) => (text) => {
    setResult(text);
    pages.remove(id);
  };
  return html`<${Page} title="Quarantine" lead=${LEAD}>
    <p role="status">${result}</p>
    <${Problem} failure=${pages.failure} />
    ${pages.loading && !pages.ready && html`<${Loading} />`}
    ${pages.ready && !pages.values.length && html`<${Nothing} />`}
    <ul class="cards">
      ${pages.values.map(
        (event) => html`<${Quarantined} key=${event.id} event=${event} done=${done(event.id)} />`,
      )}
    </ul>
    <${More} pages=${pages} of="events" />
  <//>`;
}

const Nothing = () => html`<${Empty} title="No events in quarantine.">
  <p>Every event that came was read. See what is <a href=${address(["home"])}>going on</a>.</p>
<//>`;

function Quarantined({ event, done }) {
  const { mayManage } = useMe();
  const [text, setText] = useState(null);
  const [failure, setFailure] = useState(null);
  const [deleting, setDeleting] = useState(false);
  const path = `/quarantine/${encodeURIComponent(event.id)}`;
  const attempt = async (action) => {
    setFailure(null);
    try {
      await action();
    } catch (problem) {
      setFailure(explained(problem));
    }
  };
  const retry = async () => {
    const result = await ask("POST", `${path}/redrive`);
    done(resultOf(result));
    focusHeading(); // the button that had the focus is gone
  };
  const show = async () => setText(text === null ? (await get(path)).event : null);
  const remove = async () => {
    await ask("DELETE", path);
    done("Deleted.");
  };
  return html`<li class="card">
    <h2>${event.reason}</h2>
    <p class="faint">
      Received <${Time} of=${event.receivedAt} />, ${event.size.toLocaleString()} characters
    </p>
    <pre tabindex="0">${revealed(text ?? event.excerpt)}</pre>
    <${Problem} failure=${failure} />
    <p class="actions">
      ${mayManage && html`<button type="button" onClick=${() => attempt(retry)}>Retry</button>`}
      <button
        type="button"
        class="quiet"
        onClick=${() => attempt(show)}
        aria-expanded=${text !== null}
      >
        ${text === null ? "Show all" : "Show less"}
      </button>
      ${mayManage && html`<button type="button" class="quiet" onClick=${() => setDeleting(true)}>Delete</button>`}
    </p>
    ${
      deleting &&
      html`<${Confirm}
        title="Delete this event?"
        verb="Delete"
        act=${remove}
        close=${() => setDeleting(false)}
      >
        <p>It is not kept anywhere else. What it tells of a call is lost.</p>
      <//>`
    }
  </li>`;
}

function explained(problem) {
  if (problem.status === 409) return new Error(`Still not readable: ${problem.message}`);
  return problem;
}

const resultOf = ({ outcome, roomId, reason }) =>
  outcome === "recorded" ? `Recorded in room ${roomId}.` : `Ignored: ${reason}`;
