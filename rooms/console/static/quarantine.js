// Quarantine: the events that could not be read, why, and retrying them.

import { html } from "htm/preact";
import { useState } from "preact/hooks";
import { ask, get } from "/console/api.js";
import { usePages } from "/console/loading.js";
import { Heading, Loading, More, Problem, Time } from "/console/parts.js";
import { revealed } from "/console/shown.js";

const EVERY_SECONDS = 10;

export function Quarantine() {
  const pages = usePages("/quarantine", {}, [], EVERY_SECONDS);
  const [result, setResult] = useState(null);
  const done = (id) => (text) => {
    setResult(text);
    pages.remove(id);
    document.querySelector("h1").focus(); // the button that had the focus is gone
  };
  return html`
    <${Heading}>Quarantine<//>
    <p>
      Events that were delivered but could not be read. They are kept. Retry them after an upgrade
      that can read them.
    </p>
    <p role="status">${result}</p>
    <${Problem} failure=${pages.failure} />
    ${pages.loading && !pages.ready && html`<${Loading} />`}
    ${pages.ready && !pages.values.length && html`<p>No events in quarantine.</p>`}
    <ul class="cards">
      ${pages.values.map(
        (event) => html`<${Quarantined} key=${event.id} event=${event} done=${done(event.id)} />`,
      )}
    </ul>
    <${More} pages=${pages} of="events" />
  `;
}

function Quarantined({ event, done }) {
  const [text, setText] = useState(null);
  const [failure, setFailure] = useState(null);
  const path = `/quarantine/${encodeURIComponent(event.id)}`;
  const attempt = async (action) => {
    setFailure(null);
    try {
      await action();
    } catch (problem) {
      setFailure(explained(problem));
    }
  };
  const retry = async () => done(resultOf(await ask("POST", `${path}/redrive`)));
  const show = async () => setText(text === null ? (await get(path)).event : null);
  const remove = async () => {
    if (!confirm("Delete this event permanently?")) return;
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
      <button type="button" onClick=${() => attempt(retry)}>Retry</button>
      <button
        type="button"
        class="quiet"
        onClick=${() => attempt(show)}
        aria-expanded=${text !== null}
      >
        ${text === null ? "Show all" : "Show less"}
      </button>
      <button type="button" class="quiet" onClick=${() => attempt(remove)}>Delete</button>
    </p>
  </li>`;
}

function explained(problem) {
  if (problem.status === 401) return new Error("This key is read-only.");
  if (problem.status === 409) return new Error(`Still not readable: ${problem.message}`);
  return problem;
}

const resultOf = ({ outcome, roomId, reason }) =>
  outcome === "recorded" ? `Recorded in room ${roomId}.` : `Ignored: ${reason}`;
