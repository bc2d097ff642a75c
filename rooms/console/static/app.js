// The page: asks for a key, and shows the view that the address names.

import { html, render } from "htm/preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { ask, key } from "/console/api.js";
import { Explain } from "/console/explain.js";
import { DENIED } from "/console/loading.js";
import { Now } from "/console/now.js";
import { Play } from "/console/play.js";
import { Quarantine } from "/console/quarantine.js";
import { Room } from "/console/room.js";
import { Rooms } from "/console/rooms.js";
import { address, useRoute } from "/console/route.js";
import { zone } from "/console/words.js";

const VIEWS = {
  now: { title: "Now", view: Now },
  rooms: { title: "Rooms", view: Rooms },
  room: { view: Room },
  explain: { title: "Explain", view: Explain },
  quarantine: { title: "Quarantine", view: Quarantine },
  play: { title: "Play a meeting", view: Play },
};

/** Whether devhost runs the service: only there a meeting can be played. */
async function onLaptop() {
  try {
    await ask("GET", "/devhost/meeting");
    return true;
  } catch (failure) {
    return failure.status === 401; // the key may only read
  }
}

function Console() {
  const [place, setPlace] = useState(key.get() === null ? "outside" : "inside"); // or: "entering", "refused"
  const leave = (to) => {
    key.forget();
    setPlace(to);
  };
  useEffect(() => {
    const refuse = () => key.get() === null || leave("refused");
    window.addEventListener(DENIED, refuse);
    return () => window.removeEventListener(DENIED, refuse);
  }, []);
  return place === "outside" || place === "refused"
    ? html`<${KeyForm} enter=${() => setPlace("entering")} refused=${place === "refused"} />`
    : html`<${Inside} leave=${() => leave("outside")} entering=${place === "entering"} />`;
}

function KeyForm({ enter, refused }) {
  const [problem, setProblem] = useState(
    refused ? "The service does not take this key any more." : null,
  );
  const submit = async (event) => {
    event.preventDefault();
    const given = event.target.elements.key.value.trim().replace(/^.*accesskey=/i, ""); // of a connection string
    if (!/^[A-Za-z0-9+/]+=*$/.test(given)) {
      setProblem("That is no key: a key is base64 text, as make start prints it after accesskey=.");
      return;
    }
    try {
      await ask("GET", "/roles", { as: given });
      key.keep(given);
      enter();
    } catch (failure) {
      setProblem(failure.status === 401 ? "The service does not take this key." : failure.message);
    }
  };
  useEffect(() => {
    document.title = "Anteroom";
  }, []);
  return html`<main class="entrance">
    <h1>Anteroom</h1>
    <form onSubmit=${submit}>
      <label class="field"><span>Key</span><input name="key" type="password" autocomplete="off" required autofocus /></label>
      <button>Enter</button>
    </form>
    <p class="problem" role="alert">${problem}</p>
    <p class="faint">One of the service's keys; one that may only read will do for everything but changes. It is kept for this tab only.</p>
  </main>`;
}

function viewOf([name, roomId]) {
  if (name === "room" && !roomId) return "rooms";
  return Object.hasOwn(VIEWS, name) ? name : "now";
}

function Inside({ leave, entering }) {
  const route = useRoute();
  const [laptop, setLaptop] = useState(false);
  useEffect(() => {
    onLaptop().then(setLaptop);
    if (entering) toContent();
  }, []);
  const name = viewOf(route.path);
  const place = route.path.slice(0, 3).join("/"); // which call of a room is only a detail
  const shown = useRef(place);
  useEffect(() => {
    if (shown.current !== place) toContent(); // a screen reader goes on from there
    shown.current = place;
  }, [place]);
  const { view } = VIEWS[name];
  return html`
    <a class="skip" href="#main" onClick=${toContent}>To the content</a>
    <header>
      <strong class="brand">Anteroom</strong>
      <nav aria-label="Views">
        ${Object.entries(VIEWS)
          .filter(([each, { title }]) => title && (each !== "play" || laptop))
          .map(
            ([each, { title }]) =>
              html`<a href=${address([each])} aria-current=${each === name ? "page" : each === "rooms" && name === "room" ? "true" : undefined}>${title}</a>`,
          )}
      </nav>
      <button type="button" class="quiet" onClick=${leave}>Forget the key</button>
    </header>
    <main id="main"><${view} key=${name === "room" ? route.path[1] : name} route=${route} laptop=${laptop} /></main>
    <footer class="faint">Times are those of ${zone()}; hover over one to see it whole.</footer>
  `;
}

function toContent(event) {
  event?.preventDefault();
  document.querySelector("h1").focus();
}

render(html`<${Console} />`, document.body);
