// A field for a time in the reader's zone.

import { html } from "htm/preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { Input } from "/console/form.js";
import { toField, zone } from "/console/words.js";

export const MIN = "2000-01-01T00:00";
export const MAX = "9999-12-31T23:59";
const HALF_A_DAY = 43_200_000; // milliseconds
const MINUTE = 60_000;

const WITH_ZONE = new Intl.DateTimeFormat(undefined, {
  hour: "2-digit",
  minute: "2-digit",
  timeZoneName: "short",
});

/**
 * Returns the times at which clocks in the reader's zone show that text of a field: two where they
 * go back, none where they go forward, and else one.
 */
function timesOf(text) {
  if (!text || text < MIN || text > MAX) return [];
  const utc = Date.parse(`${text}Z`);
  const offsets = [-HALF_A_DAY, HALF_A_DAY].map((apart) =>
    new Date(new Date(text).getTime() + apart).getTimezoneOffset(),
  );
  return [...new Set(offsets)]
    .map((offset) => new Date(utc + offset * MINUTE))
    .filter((time) => toField(time) === text)
    .sort((one, other) => one - other)
    .map((time) => time.toISOString());
}

/** Returns what is wrong with the text of a field if clocks skip that time, or "". */
export const faultOf = (text) =>
  text >= MIN && text <= MAX && !timesOf(text).length
    ? `Must be a time that there is. Clocks in ${zone()} skip it.`
    : "";

/** A field whose `value` is a time of the API, or "". `take` gets it as it is typed. */
export function TimeInput({ label, name, value, take, problem, ...rest }) {
  const [text, setText] = useState(value && toField(value));
  const given = useRef(value);
  useEffect(() => {
    if (value === given.current) return;
    given.current = value;
    setText(value && toField(value));
  }, [value]);
  const give = (time) => {
    given.current = time;
    take(time);
  };
  const typed = (now) => {
    setText(now);
    give(timesOf(now)[0] ?? "");
  };
  const times = timesOf(text);
  return html`<div class="time-input">
    <${Input}
      type="datetime-local"
      label=${label}
      name=${name}
      value=${text}
      min=${MIN}
      max=${MAX}
      take=${typed}
      fault=${faultOf(text)}
      problem=${problem}
      ...${rest}
    />
    ${
      times.length > 1 &&
      html`<${Input}
        kind="select"
        label=${`${label}: clocks show it twice`}
        name=${`${name}.which`}
        value=${value}
        take=${give}
      >
        ${times.map((time) => html`<option value=${time}>${WITH_ZONE.format(new Date(time))}</option>`)}
      <//>`
    }
  </div>`;
}
