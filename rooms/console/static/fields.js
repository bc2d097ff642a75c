// Fields of forms.

import { html } from "htm/preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { fromField, toField } from "/console/words.js";

const TYPING_MILLISECONDS = 400;

/** A field with its label. */
export const Field = ({ label, children }) =>
  html`<label class="field"><span>${label}</span>${children}</label>`;

/** Holds the text of a field: what was typed, until `value` changes. */
export function useFollowing(value) {
  const [typed, setTyped] = useState(value);
  useEffect(() => setTyped(value), [value]);
  return [typed, setTyped];
}

/** A text field. Calls `take` with the trimmed text when typing pauses. */
export function Typed({ value = "", take, ...rest }) {
  const [text, setText] = useState(value);
  const known = useRef(value);
  useEffect(() => {
    if (value === known.current) return;
    known.current = value;
    setText(value);
  }, [value]);
  useEffect(() => {
    if (text.trim() === known.current) return undefined;
    const timer = setTimeout(() => {
      known.current = text.trim();
      take(known.current);
    }, TYPING_MILLISECONDS);
    return () => clearTimeout(timer);
  }, [text]);
  return html`<input ...${rest} value=${text} onInput=${(event) => setText(event.target.value)} />`;
}

/** A time field. Calls `take` with the time as the API takes it, but not while it is half typed. */
export function At({ value, take }) {
  const taken = (text) => {
    const time = fromField(text);
    if (time !== null) take(time);
  };
  return html`<${Typed}
    type="datetime-local"
    max="9999-12-31T23:59"
    value=${value ? toField(value) : ""}
    take=${taken}
  />`;
}
