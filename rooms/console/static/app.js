// The page: who has signed in, and the view that the address names.

import { html, render } from "htm/preact";
import { useEffect, useErrorBoundary, useRef, useState } from "preact/hooks";
import * as account from "/console/account.js";
import { ask, key } from "/console/api.js";
import { Header } from "/console/header.js";
import { DENIED } from "/console/loading.js";
import { Known } from "/console/me.js";
import { Heading, Loading } from "/console/parts.js";
import { focusHeading, pathAt, useRoute } from "/console/route.js";
import { host } from "/console/settings.js";
import { SignIn } from "/console/sign-in-form.js";
import { load, useView, VIEWS, viewAt } from "/console/views.js";
import { zone } from "/console/words.js";

const KEY_EXPIRED = "The service does not accept your key any more. Sign in again.";
const EXPIRED = "The service does not let you in any more. Sign in again.";
const NOT_LET_IN = "The service does not let you in. Ask for a role in the Entra ID application.";
const NOT_LOADED = "This view did not load. Reload the page.";
const NOT_SHOWN =
  "This view cannot be shown: the page has a fault. Reload it, and please report this.";

const THIS_MACHINE = /^(localhost|127\.0\.0\.1|\[::1\])(:|$)/;

/** Returns whether devhost runs the service: only there a meeting can be played. */
async function onLaptop() {
  if (!THIS_MACHINE.test(host)) return false;
  try {
    await ask("GET", "/devhost/meeting");
    return true;
  } catch (failure) {
    return failure.status === 401; // a read-only key
  }
}

/** Returns why nobody has come in, though they come from Entra ID; or null. */
async function comeBack() {
  try {
    if (!(await account.begin())) return null;
    key.forget();
    await ask("GET", "/me");
    return null;
  } catch (failure) {
    if (failure.status === undefined)
      return `Entra ID did not sign you in: ${failure.errorCode ?? failure.message}`;
    if (failure.status === 401) await account.forget();
    return failure.status === 401 ? NOT_LET_IN : failure.message;
  }
}

const isSignedIn = () => key.get() !== null || account.person() !== null;

function Console({ problem }) {
  const [signedIn, setSignedIn] = useState(isSignedIn());
  const [notice, setNotice] = useState(problem);
  const fromForm = useRef(false);
  const signIn = () => {
    fromForm.current = true;
    setSignedIn(true);
  };
  const signOut = async (reason) => {
    const signedInHere = key.get() === null;
    key.forget();
    if (signedInHere) await (reason ? account.forget() : account.signOut());
    setNotice(reason);
    setSignedIn(false);
  };
  useEffect(() => {
    const denied = () => isSignedIn() && signOut(key.get() === null ? EXPIRED : KEY_EXPIRED);
    window.addEventListener(DENIED, denied);
    return () => window.removeEventListener(DENIED, denied);
  }, []);
  return signedIn
    ? html`<${Known}><${SignedIn} signOut=${() => signOut(null)} toHeading=${fromForm.current} /><//>`
    : html`<${SignIn} signIn=${signIn} notice=${notice} />`;
}

function SignedIn({ signOut, toHeading }) {
  const route = useRoute();
  const [laptop, setLaptop] = useState(false);
  useEffect(() => {
    onLaptop().then(setLaptop);
  }, []);
  const place = route.path.slice(0, 3).join("/"); // without the id of a call
  const name = viewAt(route.path);
  const { View, failure } = useView(name);
  const shown = useRef(toHeading ? null : place);
  useEffect(() => {
    if (!View) return;
    if (shown.current !== place) focusHeading();
    shown.current = place;
  }, [place, View]);
  const identity = name === "room" ? route.path[1] : name;
  return html`
    <a class="skip" href="#main" onClick=${skip}>Skip to content</a>
    <${Header} place=${place} current=${name} laptop=${laptop} signOut=${signOut} />
    <main id="main">
      ${View && html`<${Guarded} key=${identity}><${View} route=${route} laptop=${laptop} /><//>`}
      ${!View && html`<${NotYet} title=${VIEWS[name].title} failure=${failure} />`}
    </main>
    <footer class="faint">Time zone: ${zone()}. Hover over a time for its seconds.</footer>
  `;
}

/** Shows a view; says so if it has a fault, and leaves the rest of the page as it is. */
function Guarded({ children }) {
  const [fault] = useErrorBoundary((problem) => console.error(problem));
  return fault
    ? html`<${Heading}>Something went wrong<//><p class="problem" role="alert">${NOT_SHOWN}</p>`
    : children;
}

function skip(event) {
  event.preventDefault();
  focusHeading();
}

const NotYet = ({ title, failure }) => html`
  ${title && html`<${Heading}>${title}<//>`}
  ${failure ? html`<p class="problem" role="alert">${NOT_LOADED}</p>` : html`<${Loading} />`}
`;

if (key.get() !== null) await load(viewAt(pathAt())); // together with the rest of the page
render(html`<${Console} problem=${await comeBack()} />`, document.body);
