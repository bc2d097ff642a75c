// Play a meeting: the simulator plays one on a laptop; then what happened is beside the answers.

import { html } from "htm/preact";
import { useEffect, useState } from "preact/hooks";
import { ask, get } from "/console/api.js";
import { NewestCall } from "/console/call.js";
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
  joins: "Sessions",
  lateSeconds: "Late",
  leftEarlySeconds: "Left early",
};
const DEFAULTS = {
  people: 12,
  when: "live",
  speed: 60,
  duplicate: 1,
  drop: 0,
  delay: 0,
  seed: "",
  shuffle: false,
};

/** The report of a big meeting is long, so it is loaded once. */
const pollingOf = ({ state }) => (state === "playing" ? EVERY_SECONDS : 0);

export function Play() {
  const [refused, setRefused] = useState(null);
  const [form, setForm] = useState(DEFAULTS);
  const load = (signal) => withManageKey(get(MEETING, {}, signal));
  const { data: last, failure, reload } = useLoaded(load, [], pollingOf);
  useEffect(() => setRefused(null), [last?.state]);
  const act = async (method, body) => {
    setRefused(null);
    try {
      await withManageKey(ask(method, MEETING, { body }));
    } catch (problem) {
      setRefused(problem);
    }
    reload();
  };
  const play = (wanted) => act("POST", wanted);
  const playing = last?.state === "playing";
  return html`
    <${Heading}>Play a meeting<//>
    <p>
      The simulator plays people who join late, lose the connection, come back or stay away. It
      sends their events through the Event Grid webhook. Choose how many are lost, late or repeated.
    </p>
    ${!playing && html`<${Form} form=${form} setForm=${setForm} play=${play} refused=${refused} />`}
    <${Problem} failure=${refused ?? failure} />
    ${!last && !failure && html`<${Loading} />`}
    ${playing && html`<${Playing} last=${last} stop=${() => act("DELETE")} />`}
    ${last?.state === "failed" && html`<p class="problem" role="status">${last.message}</p>`}
    ${last?.state === "stopped" && html`<${Stopped} roomId=${last.roomId} title=${last.title} />`}
    ${last?.report && html`<${Report} report=${last.report} />`}
  `;
}

/** Turns a refusal of a read-only key into an error that does not sign out. */
async function withManageKey(answer) {
  try {
    return await answer;
  } catch (failure) {
    if (failure.status !== 401) throw failure;
    throw new Error("This key is read-only. To play a meeting, sign in with a manage key.");
  }
}

const toCall = (roomId, title) => html`<a href=${address(["room", roomId, "call"])}>${title}</a>`;

const Stopped = ({ roomId, title }) => html`<p role="status">
  Stopped.
  ${roomId && html` The room ${toCall(roomId, title)} stays. Its call has ended.`}
</p>`;

function bodyOf(form) {
  const body = {
    live: form.when === "live",
    people: Number(form.people),
    duplicate: Number(form.duplicate),
    drop: Number(form.drop) / 100,
    delay: Number(form.delay),
    shuffle: form.shuffle,
  };
  if (body.live) body.speed = Number(form.speed);
  if (form.seed) body.seed = Number(form.seed);
  return body;
}

function Form({ form, setForm, play, refused }) {
  const submit = (event) => {
    event.preventDefault();
    play(bodyOf(form));
  };
  const set = (name) => (event) => setForm({ ...form, [name]: event.target.value });
  const shuffle = (event) => setForm({ ...form, shuffle: event.target.checked });
  const number = (name, label, limits) => html`<${Field} label=${label}>
    <input
      type="number"
      ...${{ required: true, ...limits }}
      value=${form[name]}
      onInput=${set(name)}
      aria-invalid=${refused?.target === name ? "true" : undefined}
    />
  <//>`;
  return html`<form class="filters" onSubmit=${submit}>
    ${number("people", "People", { min: 2, max: 5000 })}
    <${Field} label="When">
      <select value=${form.when} onChange=${set("when")}>
        <option value="live">Live, sped up</option>
        <option value="past">In the past, all at once</option>
      </select>
    <//>
    ${form.when === "live" && number("speed", "Speed (times)", { min: 1, max: 120 })}
    ${number("duplicate", "Copies of each event", { min: 1, max: 10 })}
    ${number("drop", "Lost (%)", { min: 0, max: 100 })}
    ${number("delay", "Late by up to (s)", { min: 0, max: 60, step: 0.1 })}
    ${number("seed", "Seed (empty: random)", { min: 0, max: 999_999_999, required: false })}
    <label class="check">
      <input type="checkbox" checked=${form.shuffle} onChange=${shuffle} /> out of order
    </label>
    <button class="primary">Play</button>
  </form>`;
}

function Playing({ last, stop }) {
  const { roomId, title, progress } = last;
  return html`<section class="card" aria-label="The meeting">
    <h2>${roomId ? toCall(roomId, title) : "Creating the room …"}</h2>
    ${progress && html`<${Progress} progress=${progress} />`}
    <button type="button" onClick=${stop}>Stop</button>
    ${roomId && html`<${NewestCall} roomId=${roomId} />`}
  </section>`;
}

function Progress({ progress }) {
  const { of: total, delivered, retries, failure } = progress;
  return html`<p>
    <progress max=${total} value=${delivered} aria-label="Deliveries made"></progress>${" "}
    ${delivered} of ${counted(total, "delivery", "deliveries")} made${
      retries ? `, ${counted(retries, "retry", "retries")}: ${failure}` : ""
    }
  </p>`;
}

function Report({ report }) {
  const lost = `${report.dropped} lost`;
  const refused = report.refused ? `, ${report.refused} refused: ${report.refusal}` : "";
  return html`<section aria-label="The simulated meeting beside the answers">
    <h2>What happened, and what the service says</h2>
    <p>
      ${toCall(report.roomId, report.title)}, seed ${report.seed}:${" "}
      ${counted(report.events, "event")}, ${lost}${refused}.${" "}
      <strong>${counted(report.compared, "answer")} compared, ${verdict(report)}</strong>
    </p>
    ${
      report.different > 0 &&
      html`<p class="faint">
        Differences: <del>what happened</del> <ins>what the service says</ins>.
      </p>`
    }
    <${Comparison} people=${report.people} />
    ${report.reasons.length > 0 && html`<${Reasons} reasons=${report.reasons} />`}
  </section>`;
}

function verdict({ different, unexplained }) {
  if (!different) return "all are right.";
  const explained = unexplained
    ? `${unexplained.toLocaleString()} of them unexplained`
    : "all because of lost events";
  return `${different.toLocaleString()} differ, ${explained}.`;
}

const Comparison = ({ people }) => html`
  <${Table} label="Attendance compared" columns=${["Person", ...Object.values(FIELDS)]}>
    ${people.map(
      (person) => html`<tr key=${person.rawId}>
        <th scope="row">
          <${Person} of=${person} />
          ${!person.invited && html` <span class="faint">uninvited</span>`}
        </th>
        ${Object.keys(FIELDS).map(
          (field) => html`<td class=${field === "status" ? "" : "number"}>
            <${Compared} person=${person} field=${field} />
          </td>`,
        )}
      </tr>`,
    )}
  <//>`;

const Reasons = ({ reasons }) => html`
  <h3>Why answers differ</h3>
  <ul>
    ${reasons.map(
      ({ reason, count, examples }) => html`<li>
        <details>
          <summary>
            ${count.toLocaleString()}:${" "}
            ${reason ?? html`<strong>unexplained: please report this</strong>`}
          </summary>
          <ul>${examples.map((example) => html`<li>${exampleText(example)}</li>`)}</ul>
        </details>
      </li>`,
    )}
  </ul>`;

function exampleText({ what, field, truth, answer }) {
  return `${what}${field ? `, ${field}` : ""}: happened ${truth}, answer ${answer}`;
}

/** One field as it happened, and the answer after it if it differs. */
function Compared({ person, field }) {
  const truth = person.truth?.[field];
  const answer = person.answer?.[field];
  const differs = person.differs.includes(field) || person.differs.includes("");
  if (!differs) return shown(field, truth);
  const numbers = typeof truth === "number" && typeof answer === "number";
  const lookSame = numbers && shown(field, truth) === shown(field, answer);
  const text = (value) => (lookSame ? `${value} s` : shown(field, value)) || "nothing";
  return html`<del title="what happened">${text(truth)}</del>${" "}
    <ins title="what the service says">${text(answer)}</ins>`;
}

function shown(field, value) {
  if (value === null || value === undefined) return "";
  if (field === "status") return html`<${State} of=${value} />`;
  return field === "joins" ? value : length(value);
}
