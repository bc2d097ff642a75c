// Dialogs in front of the page. While one is open, nothing else can be used.

import { html } from "htm/preact";
import { useEffect, useId, useRef } from "preact/hooks";
import { Submit, useSubmit } from "/console/form.js";
import { Problem } from "/console/parts.js";

/** A dialog, open as long as it is shown. `close` is also what Escape does. */
export function Dialog({ title, close, children }) {
  const own = useRef(null);
  const id = useId();
  useEffect(() => {
    const dialog = own.current;
    dialog.showModal();
    return () => {
      dialog.close(); // the focus goes back to where it was
      queueMicrotask(focusSomewhere);
    };
  }, []);
  const cancel = (event) => {
    event.preventDefault();
    close();
  };
  return html`<dialog
    ref=${own}
    aria-labelledby=${id}
    onCancel=${cancel}
    onClose=${() => own.current && close()}
  >
    <h2 id=${id}>${title}</h2>
    ${children}
  </dialog>`;
}

/** Moves the focus to the heading of the view, if what had it is gone. */
function focusSomewhere() {
  if (document.activeElement === document.body) document.querySelector("h1")?.focus();
}

/**
 * Asks before something is done. `verb` names it on the button, `act` does it. After that the
 * dialog closes; if it fails, the dialog stays and says why.
 */
export function Confirm({ title, verb, act, close, children }) {
  const { submit, busy, problem } = useSubmit(async () => {
    await act();
    close();
  });
  return html`<${Dialog} title=${title} close=${close}>
    <form onSubmit=${submit}>
      ${children}
      <${Problem} failure=${problem} />
      <p class="actions">
        <button type="button" class="quiet" onClick=${close}>Cancel</button>
        <${Submit} busy=${busy} kind="danger">${verb}<//>
      </p>
    </form>
  <//>`;
}
