// The head of the page: the name, the menu, and who has signed in.

import { html } from "htm/preact";
import { useEffect, useState } from "preact/hooks";
import * as account from "/console/account.js";
import { key, page } from "/console/api.js";
import { useLoaded } from "/console/loading.js";
import { useMe } from "/console/me.js";
import { address } from "/console/route.js";
import { VIEWS } from "/console/views.js";
import { counted } from "/console/words.js";

const EVERY_SECONDS = 30;

export function Header({ place, current, laptop, signOut }) {
  const [open, setOpen] = useState(false);
  useEffect(() => setOpen(false), [place]);
  return html`<header>
    <a class="brand" href=${address(["home"])}><img src="/console/icon.svg" alt="" />Anteroom</a>
    <button
      type="button"
      class="menu-button"
      aria-expanded=${open}
      aria-controls="menu"
      onClick=${() => setOpen(!open)}
    >
      Menu
    </button>
    <${Menu} open=${open} current=${current} laptop=${laptop} />
    ${key.get() === null && html`<bdi class="person">${account.person()}</bdi>`}
    <button type="button" class="quiet" onClick=${signOut}>Sign out</button>
  </header>`;
}

function Menu({ open, current, laptop }) {
  const entries = Object.entries(VIEWS).filter(
    ([, view]) => view.title && (laptop || !view.laptop),
  );
  return html`<nav id="menu" class=${open ? "menu shown" : "menu"} aria-label="Views">
    ${entries.map(
      ([name, { title }]) => html`<a
        href=${address([name])}
        aria-current=${marked(name, current)}
        >${title}${name === "quarantine" && html`<${Quarantined} />`}</a
      >`,
    )}
  </nav>`;
}

/** Returns the aria-current of an entry of the menu: a room, also one to make, is part of Rooms. */
function marked(name, current) {
  if (name === current) return "page";
  return name === "rooms" && ["room", "new"].includes(current) ? "true" : undefined;
}

/** Returns whether a second has passed, in which the service answered what the view asks for. */
function useLater() {
  const [later, setLater] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setLater(true), 1000);
    return () => clearTimeout(timer);
  }, []);
  return later;
}

/** How many events are in quarantine; nothing if there are none. */
function Quarantined() {
  const load = (signal) => page("/quarantine", {}, signal);
  const { known } = useMe();
  const { data } = useLoaded(load, [], EVERY_SECONDS, useLater() && known);
  const count = data?.value.length;
  if (!count) return null;
  const shown = `${count}${data.next ? "+" : ""}`;
  return html`<span class="count" aria-hidden="true">${shown}</span>
    <span class="unseen">, ${counted(count, "event")}${data.next && " or more"}</span>`;
}
