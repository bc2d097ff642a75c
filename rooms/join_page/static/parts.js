// Parts that several screens show.

import { html } from "htm/preact";
import { useEffect, useRef } from "preact/hooks";
import { Icon } from "/join/static/icons.js";

/** The heading of a screen; the tab has the same title, and a screen reader goes on from it. */
export function Heading({ children }) {
  const text = [children].flat().join("");
  const element = useRef(null);
  useEffect(() => {
    document.title = text;
    element.current.focus({ preventScroll: true });
  }, [text]);
  return html`<h1 tabindex="-1" ref=${element}><bdi>${text}</bdi></h1>`;
}

const SHOWN_OF_ID = 8;

/** What somebody is called: by their name, or else by the end of their raw id. */
export const called = (name, rawId) => name || `Person ${rawId.slice(-SHOWN_OF_ID)}`;

/** The name of a person. It turns round nothing beside it. */
export const Person = ({ name, rawId }) => html`<bdi class="person">${called(name, rawId)}</bdi>`;

/** A button with an icon. Its words are beside the icon where there is room. */
export const Tool = ({ icon, label, ...rest }) => html`<button
  type="button"
  title=${label}
  ...${rest}
  class=${`tool ${rest.class ?? ""}`}
>
  <${Icon} name=${icon} /><span>${label}</span>
</button>`;
