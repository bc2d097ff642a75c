// Who is missing from a live call: the invited who are not there, once it should have begun.

import { html } from "htm/preact";
import { useFew } from "/console/few.js";
import { Person, Role, Table } from "/console/parts.js";
import { counted, exact, length } from "/console/words.js";

const FEW = 10; // people who are shown at first
const COLUMNS = ["Missing", "Role", "How long"];

export function Missing({ room, title, now }) {
  const missing = room.missing ?? [];
  const { shown, button } = useFew(missing, FEW, " missing");
  if (!missing.length) return null;
  const others = (room.missingCount ?? missing.length) - missing.length;
  return html`
    <div class="missing">
      <${Table} label=${`Missing from ${title}`} columns=${COLUMNS}>
        ${shown.map((person) => html`<${Row} key=${person.rawId} person=${person} now=${now} />`)}
      <//>
    </div>
    ${button}
    ${others > 0 && html`<p class="faint">${counted(others, "more person", "more people")} missing.</p>`}
  `;
}

const Row = ({ person, now }) => html`<tr>
  <th scope="row"><${Person} of=${person} /></th>
  <td><${Role} of=${person.role} /></td>
  <td title=${exact(person.leftAt ?? person.since)}>${absence(person, now)}</td>
</tr>`;

function absence({ since, leftAt }, now) {
  const lasting = length((now - new Date(leftAt ?? since)) / 1000);
  return leftAt ? `left ${lasting} ago` : lasting;
}
