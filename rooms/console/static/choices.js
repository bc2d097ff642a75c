// Buttons of which one is chosen.

import { html } from "htm/preact";

/** `options` is [{value, label, count}]. */
export const Choices = ({ label, options, chosen, choose }) => html`<div
  class="choices"
  role="group"
  aria-label=${label}
>
  ${options.map(
    ({ value, label: text, count }) => html`<button
      type="button"
      class="quiet"
      aria-pressed=${value === chosen ? "true" : "false"}
      onClick=${() => choose(value)}
    >
      ${text}${count !== undefined && html` <span class="faint">${count.toLocaleString()}</span>`}
    </button>`,
  )}
</div>`;
