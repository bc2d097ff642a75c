// Who is missing from a live call: the invited who are not there, once it should have begun.

import { html } from "htm/preact";
import { useFew } from "/console/few.js";
import { Person, Role, Since } from "/console/parts.js";
import { counted } from "/console/words.js";

const FEW = 5; // people who are shown at first

export function Missing({ room, title, now }) {
  const missing = room.missing ?? [];
  const { shown, button } = useFew(missing, FEW, " missing");
  if (!missing.length) return null;
  const others = (room.missingCount ?? missing.length) - missing.length;
  return html`
    <ul class="who missing" aria-label=${`Missing from ${title}`}>
      ${shown.map((person) => html`<${Row} key=${person.rawId} person=${person} now=${now} />`)}
    </ul>
    ${button}
    ${others > 0 && html`<p class="faint">${counted(others, "more person", "more people")} missing.</p>`}
  `;
}

const Row = ({ person, now }) => html`<li>
  <${Person} of=${person} /> <${Role} of=${person.role} /> <${Absence} of=${person} now=${now} />
</li>`;

const Absence = ({ of: { since, leftAt }, now }) => html`<span class="notice"
  >${
    leftAt
      ? html`left <${Since} time=${leftAt} now=${now} /> ago`
      : html`missing <${Since} time=${since} now=${now} />`
  }</span
>`;
