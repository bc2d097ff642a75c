// Play a meeting: the simulator plays one on a laptop; then what happened is beside the answers.

import { html } from "htm/preact";
import { useState } from "preact/hooks";
import { ask, get } from "/console/api.js";
import { NewestCall } from "/console/call.js";
import { useFew } from "/console/few.js";
import { Input, Submit, useSubmit } from "/console/form.js";
import { useLoaded } from "/console/loading.js";
import { useMe } from "/console/me.js";
import { Empty, Loading, Page, Person, Problem, Section, State, Table } from "/console/parts.js";
import { address } from "/console/route.js";
import { counted, exactLength } from "/console/words.js";

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
const FEW = 50; // people who are shown at first
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
  const me = useMe();
  return html`<${Page}
    title="Play a meeting"
    lead="The simulator plays people who join late, lose the connection, come back or stay away. It
      sends their events through the Event Grid webhook. Choose how many are lost, late or repeated."
  >
    ${me.mayManage && html`<${Meeting} />`}
    ${me.known && !me.mayManage && html`<${MayOnlyRead} />`}
  <//>`;
}

const MayOnlyRead = () => html`<${Empty} title="Your key is read-only.">
  To play a meeting, sign in with a key that may manage.
<//>`;

function Meeting() {
  const [form, setForm] = useState(DEFAULTS);
  const [unstopped, setUnstopped] = useState(null);
  const load = (signal) => get(MEETING, {}, signal);
  const { data: last, failure, reload } = useLoaded(load, [], pollingOf);
  const play = async () => {
    await ask("POST", MEETING, { body: bodyOf(form) });
    reload();
  };
  const stop = async () => {
    setUnstopped(null);
    await ask("DELETE", MEETING).catch(setUnstopped);
    reload();
  };
  const playing = last?.state === "playing";
  return html`
    ${!playing && html`<${Form} form=${form} setForm=${setForm} play=${play} />`}
    <${Problem} failure=${unstopped ?? failure} />
    ${!last && !failure && html`<${Loading} />`}
    ${playing && html`<${Playing} last=${last} stop=${stop} />`}
    ${last?.state === "failed" && html`<p class="problem" role="status">${last.message}</p>`}
    ${last?.state === "stopped" && html`<${Stopped} roomId=${last.roomId} title=${last.title} />`}
    ${last?.report && html`<${Report} report=${last.report} />`}
  `;
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

function Form({ form, setForm, play }) {
  const { submit, busy, problems, problem } = useSubmit(play);
  const set = (name) => (value) => setForm({ ...form, [name]: value });
  const shuffle = (event) => set("shuffle")(event.target.checked);
  const number = (name, label, limits) => html`<${Input}
    label=${label}
    name=${name}
    type="number"
    ...${{ required: true, ...limits }}
    value=${form[name]}
    take=${set(name)}
    problem=${problems[name]}
  />`;
  return html`<form class="filters" novalidate onSubmit=${submit}>
    ${number("people", "People", { min: 2, max: 5000 })}
    <${Input} kind="select" label="When" name="when" value=${form.when} take=${set("when")}>
      <option value="live">Live, sped up</option>
      <option value="past">In the past, all at once</option>
    <//>
    ${form.when === "live" && number("speed", "Speed (times)", { min: 1, max: 120 })}
    ${number("duplicate", "Copies of each event", { min: 1, max: 10 })}
    ${number("drop", "Lost (%)", { min: 0, max: 100 })}
    ${number("delay", "Late by up to (s)", { min: 0, max: 60, step: 0.1 })}
    ${number("seed", "Seed (empty: random)", { min: 0, max: 999_999_999, required: false })}
    <label class="check">
      <input type="checkbox" checked=${form.shuffle} onChange=${shuffle} /> out of order
    </label>
    <${Submit} kind="primary" busy=${busy}>Play<//>
    <${Problem} failure=${problem} />
  </form>`;
}

function Playing({ last, stop }) {
  const { roomId, title, progress } = last;
  const button = html`<button type="button" onClick=${stop}>Stop</button>`;
  return html`<${Section}
    title=${roomId ? toCall(roomId, title) : "Creating the room …"}
    label="The meeting"
    actions=${button}
  >
    ${progress && html`<${Progress} progress=${progress} />`}
    ${roomId && html`<${NewestCall} roomId=${roomId} />`}
  <//>`;
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
  return html`<${Section}
    title="What happened, and what the service says"
    label="The simulated meeting beside the answers"
  >
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
  <//>`;
}

function verdict({ different, unexplained }) {
  if (!different) return "all are right.";
  const explained = unexplained
    ? `${unexplained.toLocaleString()} of them unexplained`
    : "all because of lost events";
  return `${different.toLocaleString()} differ, ${explained}.`;
}

const COLUMNS = [
  "Person",
  ...Object.entries(FIELDS).map(([field, name]) => ({ name, number: field !== "status" })),
];

function Comparison({ people }) {
  const { shown, button } = useFew(people, FEW);
  return html`
    <${Table} label="Attendance compared" columns=${COLUMNS} rows=${shown.map(rowOf)} />
    ${button}
  `;
}

const rowOf = (person) => ({
  key: person.rawId,
  cells: [
    html`<${Person} of=${person} />
      ${!person.invited && html` <span class="faint">uninvited</span>`}`,
    ...Object.keys(FIELDS).map((field) => html`<${Compared} person=${person} field=${field} />`),
  ],
});

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
  return field === "joins" ? value : exactLength(value);
}
