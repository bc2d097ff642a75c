// The page before anybody has signed in.

import { html } from "htm/preact";
import { useEffect, useRef, useState } from "preact/hooks";
import * as account from "/console/account.js";
import { ask, key } from "/console/api.js";
import { Field } from "/console/fields.js";

const NOT_BASE64 =
  "This is not a key. Paste the base64 text that make start prints after accesskey=.";
const NOT_ACCEPTED = "The service does not accept this key.";

/** Returns the key in a pasted text, which may be a connection string. */
const keyIn = (text) => text.trim().replace(/^.*accesskey=/i, "");

/** `notice` says why somebody is here again. */
export function SignIn({ signIn, notice }) {
  const [problem, setProblem] = useState(notice);
  const field = useRef(null);
  const submit = async (event) => {
    event.preventDefault();
    const given = keyIn(event.target.elements.key.value);
    if (!/^[A-Za-z0-9+/]+=*$/.test(given)) {
      setProblem(NOT_BASE64);
      return;
    }
    try {
      await ask("GET", "/me", { as: given });
      key.keep(given);
      signIn();
    } catch (failure) {
      setProblem(failure.status === 401 ? NOT_ACCEPTED : failure.message);
    }
  };
  useEffect(() => {
    document.title = "Anteroom";
    field.current.focus(); // browsers heed autofocus only while a page loads
  }, []);
  return html`<main>
    <div class="sign-in form">
      <img src="/console/icon.svg" alt="" />
      <h1>Anteroom</h1>
      ${account.canSignIn() && html`<${WithEntra} fail=${setProblem} />`}
      <form class="form" onSubmit=${submit}>
        <${Field} label="Key">
          <input ref=${field} name="key" type="password" autocomplete="off" required />
        <//>
        <button class="primary">Sign in</button>
      </form>
      <p class="problem" role="alert">${problem}</p>
      <p class="faint">
        Use a key of the service. A read-only key shows everything and changes nothing. The key
        stays in this tab.
      </p>
    </div>
  </main>`;
}

/** The way in for people. It leaves the page. */
const WithEntra = ({ fail }) => html`<form
  class="form"
  onSubmit=${(event) => {
    event.preventDefault();
    account.signIn().catch((problem) => fail(`Entra ID cannot be reached: ${problem.errorCode}`));
  }}
>
  <button class="primary">Sign in with Entra ID</button>
</form>`;
