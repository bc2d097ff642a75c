// Play a meeting, on a laptop: the simulator stands for the calling service and Event Grid; at the end its truth beside the answers.

import { html } from "htm/preact";
import { useEffect, useState } from "preact/hooks";
import { ask, get } from "/console/api.js";
import { Unfolding } from "/console/call.js";
import { Field } from "/console/fields.js";
import { useLoaded } from "/console/loading.js";
import { Heading, Loading, Person, Problem, State, Table } from "/console/parts.js";
import { address } from "/console/route.js";
import { counted, length } from "/console/words.js";

const MEETING = "/devhost/meeting";
const EVERY_SECONDS = 1;
const FIELDS = {
  status: "Status",
  seconds: "Present",
  aloneSeconds: "Alone",
  joins: "Stays",
  lateSeconds: "Late",
  leftEarlySeconds: "Left early",
};

const USUAL = {
  people: 12,
  when: "live",
  speed: 60,
  duplicate: 1,
  drop: 0,
  delay: 0,
  seed: "",
  shuffle: false,
};

export function Play() {
  const [refused, setRefused] = useState(null);
  const [form, setForm] = useState(USUAL);
  const {
    data: last,
    failure,
    reload,
  } = useLoaded(
    (signal) => forMakers(get(MEETING, {}, signal)),
    [],
    ({ state }) => (state === "playing" ? EVERY_SECONDS : 0), // the report of many people is long
  );
  useEffect(() => setRefused(null), [last?.state]);
  const act = async (method, body) => {
    setRefused(null);
    try {
      await forMakers(ask(method, MEETING, { body }));
    } catch (problem) {
      setRefused(problem);
    }
    reload();
  };
  return html`
    <${Heading}>Play a meeting<//>
    <p>The simulator plays people who come late, drop out, come back or never come. Their events go through Event Grid's webhook, as badly as you like.</p>
    ${last?.state !== "playing" && html`<${Wanted} form=${form} setForm=${setForm} play=${(wanted) => act("POST", wanted)} refused=${refused} />`}
    <${Problem} failure=${refused ?? failure} />
    ${!last && !failure && html`<${Loading} />`}
    ${last?.state === "playing" && html`<${Playing} last=${last} stop=${() => act("DELETE")} />`}
    ${last?.state === "failed" && html`<p class="problem" role="status">${last.message}</p>`}
    ${last?.state === "stopped" && html`<p role="status">Stopped. ${last.roomId && html`<a href=${address(["room", last.roomId, "call"])}>${last.title}</a> stays as it is; its call counts as going on for up to a day.`}</p>`}
    ${last?.report && html`<${Report} report=${last.report} />`}
  `;
}

/** A key that may only read is no reason to ask for another one. */
async function forMakers(answer) {
  try {
    return await answer;
  } catch (failure) {
    if (failure.status !== 401) throw failure;
    throw new Error("This key may only read: to play, enter one that may do everything.");
  }
}

function Wanted({ form, setForm, play, refused }) {
  const live = form.when === "live";
  const submit = (event) => {
    event.preventDefault();
    play({
      live,
      people: Number(form.people),
      ...(live ? { speed: Number(form.speed) } : {}),
      ...(form.seed ? { seed: Number(form.seed) } : {}),
      duplicate: Number(form.duplicate),
      drop: Number(form.drop) / 100,
      delay: Number(form.delay),
      shuffle: form.shuffle,
    });
  };
  const set = (name) => (event) => setForm({ ...form, [name]: event.target.value });
  const number = (name, label, limits) => html`<${Field} label=${label}>
    <input type="number" ...${{ required: true, ...limits }} value=${form[name]} onInput=${set(name)} aria-invalid=${refused?.target === name ? "true" : undefined} />
  <//>`;
  return html`<form class="filters" onSubmit=${submit}>
    ${number("people", "People", { min: 2, max: 5000 })}
    <${Field} label="When">
      <select value=${form.when} onChange=${set("when")}>
        <option value="live">now, as a film</option>
        <option value="past">in the past, at once</option>
      </select>
    <//>
    ${live && number("speed", "Speed (times)", { min: 1, max: 120 })}
    ${number("duplicate", "Copies of each event", { min: 1, max: 10 })}
    ${number("drop", "Lost (%)", { min: 0, max: 100 })}
    ${number("delay", "Late by up to (s)", { min: 0, max: 60, step: 0.1 })}
    ${number("seed", "Seed (empty: any)", { min: 0, max: 999_999_999, required: false })}
    <label class="check"><input type="checkbox" checked=${form.shuffle} onChange=${(event) => setForm({ ...form, shuffle: event.target.checked })} /> in any order</label>
    <button>Play</button>
  </form>`;
}

function Playing({ last, stop }) {
  const { roomId, title, progress } = last;
  return html`
    <section class="card" aria-label="The meeting">
      <h2>${roomId ? html`<a href=${address(["room", roomId, "call"])}>${title}</a>` : "The room is being made …"}</h2>
      ${
        progress &&
        html`<p>
        <progress max=${progress.of} value=${progress.delivered} aria-label="Deliveries made"></progress>${" "}
        ${progress.delivered} of ${counted(progress.of, "delivery", "deliveries")} made${progress.retries ? `, ${counted(progress.retries, "retry", "retries")}: ${progress.failure}` : ""}
      </p>`
      }
      <button type="button" onClick=${stop}>Stop</button>
      ${roomId && html`<${Unfolding} roomId=${roomId} />`}
    </section>`;
}

function Report({ report }) {
  const verdict =
    report.different === 0
      ? "all are the truth."
      : `${report.different.toLocaleString()} differ from the truth${report.unexplained ? `, ${report.unexplained.toLocaleString()} of them unexplained` : ", all explained by what was lost"}.`;
  return html`
    <section aria-label="The truth beside the answers">
      <h2>The truth beside what the app says</h2>
      <p><a href=${address(["room", report.roomId, "call"])}>${report.title}</a>, seed ${report.seed}:
        ${" "}${counted(report.events, "event")}, ${report.dropped} lost${report.refused ? `, ${report.refused} refused: ${report.refusal}` : ""}. <strong>${counted(report.compared, "answer")} compared, ${verdict}</strong></p>
      ${report.different > 0 && html`<p class="faint">Where an answer differs, it stands behind the truth: <del>truth</del> <ins>answer</ins>.</p>`}
      <${Table} label="Attendance, the truth beside the answer" columns=${["Who", ...Object.values(FIELDS)]}>
        ${report.people.map(
          (one) => html`<tr key=${one.rawId}>
          <th scope="row"><${Person} of=${one} />${!one.invited && html` <span class="faint">uninvited</span>`}</th>
          ${Object.keys(FIELDS).map((field) => html`<td class=${field === "status" ? "" : "number"}><${Beside} one=${one} field=${field} /></td>`)}
        </tr>`,
        )}
      <//>
      ${
        report.reasons.length > 0 &&
        html`<h3>Why answers differ</h3>
        <ul>${report.reasons.map(
          ({ reason, count, examples }) => html`<li>
          <details>
            <summary>${count.toLocaleString()}: ${reason ?? html`<strong>unexplained: please report this</strong>`}</summary>
            <ul>${examples.map(({ what, field, truth, answer }) => html`<li>${what}${field ? `, ${field}` : ""}: truth ${truth}, answer ${answer}</li>`)}</ul>
          </details>
        </li>`,
        )}</ul>`
      }
    </section>`;
}

/** One field of the truth, and the answer behind it if it is another. */
function Beside({ one, field }) {
  const differs = one.differs.includes(field) || one.differs.includes("");
  const [truth, answer] = [one.truth, one.answer].map((side) => side?.[field]);
  if (!differs) return shown(field, truth);
  const finely =
    typeof truth === "number" &&
    typeof answer === "number" &&
    shown(field, truth) === shown(field, answer);
  const [was, told] = [truth, answer].map(
    (value) => (finely ? `${value} s` : shown(field, value)) || "nothing",
  );
  return html`<del title="the truth">${was}</del> <ins title="the answer">${told}</ins>`;
}

function shown(field, value) {
  if (value === null || value === undefined) return "";
  if (field === "status") return html`<${State} of=${value} />`;
  return field === "joins" ? value : length(value);
}
