// Dialogs in front of the page. While one is open, nothing else can be used.

import { html } from "htm/preact";
import { useEffect, useId, useRef } from "preact/hooks";
import { Submit, useSubmit } from "/console/form.js";
import { Problem } from "/console/parts.js";
import { focusHeading } from "/console/route.js";

/** A dialog, open as long as it is shown. `close` is also what Escape does. */
export function Dialog({ title, close, children }) {
  const own = useRef(null);
  const id = useId();
  useEffect(() => {
    const opener = document.activeElement;
    own.current.showModal();
    return () => queueMicrotask(() => focusAgain(opener));
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

/** Moves the focus back, or to the heading if what had it is gone. */
function focusAgain(opener) {
  if (document.activeElement !== document.body) return; // it was moved already
  if (opener.isConnected && opener !== document.body) opener.focus();
  else focusHeading();
}

/** The buttons of a dialog: the one that sends its form, named by `verb`, and Cancel. */
export const Answers = ({ busy, verb, kind = "primary", close }) => html`<p class="actions">
  <button type="button" class="quiet" onClick=${close}>Cancel</button>
  <${Submit} busy=${busy} kind=${kind}>${verb}<//>
</p>`;

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
    <form class="form" onSubmit=${submit}>
      ${children}
      <${Problem} failure=${problem} />
      <${Answers} busy=${busy} verb=${verb} kind="danger" close=${close} />
    </form>
  <//>`;
}
