// Forms: sending them, and saying beside each field what is wrong with it.

import { html } from "htm/preact";
import { useEffect, useId, useRef, useState } from "preact/hooks";
import { sorted } from "/console/problems.js";

const NOTHING_WRONG = { problems: {}, problem: null };

/**
 * Sends a form with `send()`, which may throw Failure or Invalid. Returns {submit, busy, done,
 * problems, problem}: `submit` handles the form's event, `problems` are sentences by field, and
 * `problem` is what is about no field. `named` tells the field of a path of the API.
 */
export function useSubmit(send, named) {
  const [state, setState] = useState({ busy: false, done: false, ...NOTHING_WRONG });
  const form = useRef(null);
  const latest = useRef(named);
  latest.current = named;
  const refuse = (wrong) => setState({ busy: false, done: false, ...wrong });
  useEffect(() => {
    // A screen reader says the field with its problem.
    if (Object.keys(state.problems).length)
      form.current.querySelector('[aria-invalid="true"]')?.focus();
  }, [state]);
  const submit = async (event) => {
    event.preventDefault();
    if (state.busy) return;
    form.current = event.currentTarget;
    const problems = invalid(form.current);
    if (Object.keys(problems).length) {
      refuse({ problems, problem: null });
      return;
    }
    setState({ busy: true, done: false, ...NOTHING_WRONG });
    try {
      await send();
      setState({ busy: false, done: true, ...NOTHING_WRONG });
    } catch (failure) {
      const has = (name) => form.current.elements.namedItem(name) !== null;
      refuse(sorted(failure, has, latest.current));
    }
  };
  return { submit, ...state };
}

/** Returns the sentences for fields that the browser finds invalid. */
const invalid = (form) =>
  Object.fromEntries(
    [...form.elements]
      .filter((field) => field.willValidate && !field.validity.valid)
      .map((field) => [field.name, sentence(field)]),
  );

function sentence({ validity, validationMessage, title }) {
  if (validity.valueMissing) return "This field is required.";
  if (validity.badInput) return "Must be a date and a time.";
  if (validity.patternMismatch) return title;
  return validationMessage;
}

/**
 * A field with its label, a hint, and what is wrong with it: `fault` is what the page finds, and
 * `problem` what is shown. `take` gets what was typed.
 */
export function Input(props) {
  const { label, name, fault, problem, hint, take, kind = "input", children, ...rest } = props;
  const own = useRef(null);
  useEffect(() => own.current.setCustomValidity(fault || ""), [fault]);
  const id = useId();
  const hintId = hint ? `${id}-hint` : null;
  const problemId = problem ? `${id}-problem` : null;
  return html`<div class="field">
    <label for=${id}>${label}</label>
    <${kind}
      ref=${own}
      id=${id}
      name=${name}
      aria-invalid=${problem ? "true" : undefined}
      aria-describedby=${[problemId, hintId].filter(Boolean).join(" ") || undefined}
      onInput=${(event) => take(event.target.value)}
      ...${rest}
      >${children}<//
    >
    ${problem && html`<span class="problem" id=${problemId}>${problem}</span>`}
    ${hint && html`<span class="hint" id=${hintId}>${hint}</span>`}
  </div>`;
}

/** The button that sends a form. It keeps the focus while it is sent. */
export const Submit = ({ busy, kind, children }) =>
  html`<button class=${kind} aria-disabled=${busy ? "true" : undefined}>${children}</button>`;
