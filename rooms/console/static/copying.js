// Buttons that put a text into the clipboard.

import { html } from "htm/preact";
import { useState } from "preact/hooks";

/**
 * A button that copies what `text()` returns, which may take a while. `of` says what it is a copy
 * of, `told` what follows it. Where the page may not copy, the text is shown to be copied by hand.
 */
export function Copy({ label, of, text, told, children }) {
  const [state, setState] = useState({});
  const copy = async () => {
    if (state.busy) return;
    setState({ busy: true });
    try {
      const copied = await text();
      setState({ text: copied, done: await isCopied(copied) });
    } catch (failure) {
      setState({ problem: failure.message });
    }
  };
  const byHand = state.text && !state.done;
  return html`<div class="copy">
    <button type="button" aria-disabled=${state.busy} onClick=${copy}>
      ${label}<span class="unseen"> of ${of}</span>
    </button>
    ${children}
    <span role="status">${state.done && told}</span>
    ${byHand && html`<${ByHand} label=${`${label.replace("Copy ", "")} of ${of}`} text=${state.text} />`}
    ${state.problem && html`<span class="problem" role="alert">${state.problem}</span>`}
  </div>`;
}

/** Some browsers do not let a page copy, as long as people have not allowed it. */
async function isCopied(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}

const ByHand = ({ label, text }) => html`<textarea
  readonly
  rows=${text.split("\n").length}
  aria-label=${label}
  value=${text}
  onFocus=${(event) => event.target.select()}
/>`;
