// Quarantine: events that were not understood, why, and taking them in again.

import { html } from "htm/preact";
import { useState } from "preact/hooks";
import { ask, get } from "/console/api.js";
import { usePages } from "/console/loading.js";
import { Heading, Loading, More, Problem, Time } from "/console/parts.js";

const EVERY_SECONDS = 10;

const REFUSALS = {
  401: () => new Error("This key may only read."),
  409: ({ message }) => new Error(`Still not understood: ${message}`),
};

export function Quarantine() {
  const pages = usePages("/quarantine", {}, [], EVERY_SECONDS);
  const [told, setTold] = useState(null);
  const done = (id) => (text) => {
    setTold(text);
    pages.remove(id);
    document.querySelector("h1").focus(); // the button is gone
  };
  return html`
    <${Heading}>Quarantine<//>
    <p>Events that were delivered but not understood. Nothing is lost: after an upgrade that understands them, redrive them.</p>
    <p role="status">${told}</p>
    <${Problem} failure=${pages.failure} />
    ${pages.loading && !pages.ready && html`<${Loading} />`}
    ${pages.ready && !pages.values.length && html`<p>Nothing is in quarantine.</p>`}
    <ul class="cards">
      ${pages.values.map((event) => html`<${Quarantined} key=${event.id} event=${event} done=${done(event.id)} />`)}
    </ul>
    <${More} pages=${pages} of="events" />
  `;
}

function Quarantined({ event, done }) {
  const [text, setText] = useState(null);
  const [failure, setFailure] = useState(null);
  const act = (method, path, said) => async () => {
    setFailure(null);
    try {
      done(said(await ask(method, path)));
    } catch (problem) {
      setFailure(REFUSALS[problem.status]?.(problem) ?? problem);
    }
  };
  const show = async () => {
    try {
      setText(text === null ? (await get(path)).event : null);
    } catch (problem) {
      setFailure(problem);
    }
  };
  const path = `/quarantine/${encodeURIComponent(event.id)}`;
  const redriven = ({ outcome, roomId, reason }) =>
    outcome === "recorded" ? `Recorded, in room ${roomId}.` : `Left: ${reason}`;
  const drop = act("DELETE", path, () => "Dropped.");
  return html`<li class="card">
    <h2>${event.reason}</h2>
    <p class="faint">Came at <${Time} of=${event.receivedAt} />, ${event.size.toLocaleString()} characters</p>
    <pre tabindex="0">${text ?? event.excerpt}</pre>
    <${Problem} failure=${failure} />
    <p class="actions">
      <button type="button" onClick=${act("POST", `${path}/redrive`, redriven)}>Redrive</button>
      <button type="button" class="quiet" onClick=${show} aria-expanded=${text !== null}>${text === null ? "Show all of it" : "Show less"}</button>
      <button type="button" class="quiet" onClick=${() => confirm("Drop this event for good?") && drop()}>Drop</button>
    </p>
  </li>`;
}
