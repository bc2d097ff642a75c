// The page: signs in with a key or with Entra ID, and shows the view that the address names.

import { html, render } from "htm/preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { Access } from "/console/access.js";
import * as account from "/console/account.js";
import { ask, key } from "/console/api.js";
import { Field } from "/console/fields.js";
import { DENIED } from "/console/loading.js";
import { Known } from "/console/me.js";
import { Now } from "/console/now.js";
import { Play } from "/console/play.js";
import { Quarantine } from "/console/quarantine.js";
import { Room } from "/console/room.js";
import { Rooms } from "/console/rooms.js";
import { address, useRoute } from "/console/route.js";
import { host } from "/console/settings.js";
import { zone } from "/console/words.js";

const VIEWS = {
  now: { title: "Now", view: Now },
  rooms: { title: "Rooms", view: Rooms },
  room: { view: Room },
  access: { title: "Check access", view: Access },
  quarantine: { title: "Quarantine", view: Quarantine },
  play: { title: "Play a meeting", view: Play },
};

const NOT_BASE64 =
  "This is not a key. Paste the base64 text that make start prints after accesskey=.";
const NOT_ACCEPTED = "The service does not accept this key.";
const KEY_EXPIRED = "The service does not accept your key any more. Sign in again.";
const EXPIRED = "The service does not let you in any more. Sign in again.";
const NOT_LET_IN = "The service does not let you in. Ask for a role in the Entra ID application.";

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

/** Returns the key in a pasted text, which may be a connection string. */
const keyIn = (text) => text.trim().replace(/^.*accesskey=/i, "");

function SignIn({ signIn, notice }) {
  const [problem, setProblem] = useState(notice);
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
  }, []);
  return html`<main class="sign-in">
    <h1>Anteroom</h1>
    ${account.canSignIn() && html`<${WithEntra} fail=${setProblem} />`}
    <form onSubmit=${submit}>
      <${Field} label="Key">
        <input name="key" type="password" autocomplete="off" required autofocus />
      <//>
      <button>Sign in</button>
    </form>
    <p class="problem" role="alert">${problem}</p>
    <p class="faint">
      Use a key of the service. A read-only key shows everything and changes nothing. The key stays
      in this tab.
    </p>
  </main>`;
}

/** The way in for people. It leaves the page. */
const WithEntra = ({ fail }) => html`<form
  onSubmit=${(event) => {
    event.preventDefault();
    account.signIn().catch((problem) => fail(`Entra ID cannot be reached: ${problem.errorCode}`));
  }}
>
  <button>Sign in with Entra ID</button>
</form>`;

function viewOf([name, roomId]) {
  if (name === "room" && !roomId) return "rooms";
  return Object.hasOwn(VIEWS, name) ? name : "now";
}

function SignedIn({ signOut, toHeading }) {
  const route = useRoute();
  const [laptop, setLaptop] = useState(false);
  useEffect(() => {
    onLaptop().then(setLaptop);
    if (toHeading) focusHeading();
  }, []);
  const place = route.path.slice(0, 3).join("/"); // without the id of a call
  const shown = useRef(place);
  useEffect(() => {
    if (shown.current !== place) focusHeading(); // a screen reader continues from there
    shown.current = place;
  }, [place]);
  const name = viewOf(route.path);
  const { view } = VIEWS[name];
  const identity = name === "room" ? route.path[1] : name;
  return html`
    <a class="skip" href="#main" onClick=${focusHeading}>Skip to content</a>
    <header>
      <strong class="brand">Anteroom</strong>
      <${Menu} current=${name} laptop=${laptop} />
      ${key.get() === null && html`<bdi class="person">${account.person()}</bdi>`}
      <button type="button" class="quiet" onClick=${signOut}>Sign out</button>
    </header>
    <main id="main"><${view} key=${identity} route=${route} laptop=${laptop} /></main>
    <footer class="faint">Time zone: ${zone()}. Hover over a time for its seconds.</footer>
  `;
}

function Menu({ current, laptop }) {
  const entries = Object.entries(VIEWS).filter(
    ([name, { title }]) => title && (name !== "play" || laptop),
  );
  return html`<nav aria-label="Views">
    ${entries.map(
      ([name, { title }]) =>
        html`<a href=${address([name])} aria-current=${marked(name, current)}>${title}</a>`,
    )}
  </nav>`;
}

/** Returns the aria-current of an entry of the menu: a room is part of Rooms. */
function marked(name, current) {
  if (name === current) return "page";
  return name === "rooms" && current === "room" ? "true" : undefined;
}

function focusHeading(event) {
  event?.preventDefault();
  document.querySelector("h1").focus();
}

render(html`<${Console} problem=${await comeBack()} />`, document.body);
