// The field of a name, which suggests people of that name who were invited before.

import { html } from "htm/preact";
import { useEffect, useId, useState } from "preact/hooks";
import { get } from "/console/api.js";
import { Input } from "/console/form.js";
import { counted } from "/console/words.js";

const LEAST = 2; // characters
const MOST = 6; // people
const TYPING_MILLISECONDS = 300;
const NOBODY = [];

/** Returns the people of the newest rooms whose names contain the text. */
function useSuggestions(text) {
  const [people, setPeople] = useState(NOBODY);
  useEffect(() => {
    setPeople(NOBODY);
    if (text.length < LEAST) return undefined;
    const abort = new AbortController();
    const ask = async () => {
      try {
        setPeople((await get("/people", { name: text }, abort.signal)).value.slice(0, MOST));
      } catch {
        // Nobody is suggested. Names can be typed.
      }
    };
    const timer = setTimeout(ask, TYPING_MILLISECONDS);
    return () => {
      clearTimeout(timer);
      abort.abort();
    };
  }, [text]);
  return people;
}

/** A field for a name. `take` gets what is typed, and `choose` the person who is chosen. */
export function NameInput({ take, choose, ...rest }) {
  const [sought, setSought] = useState("");
  const [marked, setMarked] = useState(-1);
  const people = useSuggestions(sought);
  const id = useId();
  const idOf = (place) => `${id}-${place}`;
  const close = () => {
    setSought("");
    setMarked(-1);
  };
  const typed = (text) => {
    take(text);
    setSought(text.trim());
    setMarked(-1);
  };
  const chosen = (person) => {
    choose(person);
    close();
  };
  const places = people.length + 1; // of which one is that nobody is marked
  const step = (by) => setMarked(((marked + 1 + by + places) % places) - 1);
  const keys = {
    ArrowDown: () => step(1),
    ArrowUp: () => step(-1),
    Escape: close,
    ...(marked >= 0 && { Enter: () => chosen(people[marked]) }),
  };
  const press = (event) => {
    if (!people.length || !keys[event.key]) return;
    event.preventDefault();
    keys[event.key]();
  };
  return html`<div class="suggesting">
    <${Input}
      ...${rest}
      take=${typed}
      role="combobox"
      aria-autocomplete="list"
      aria-expanded=${people.length > 0}
      aria-controls=${id}
      aria-activedescendant=${marked >= 0 ? idOf(marked) : undefined}
      onKeyDown=${press}
      onBlur=${close}
    />
    <ul id=${id} role="listbox" aria-label="Invited before" hidden=${!people.length}>
      ${people.map(
        (person, place) => html`<li
          key=${place}
          id=${idOf(place)}
          role="option"
          aria-selected=${place === marked}
          onMouseDown=${(event) => {
            event.preventDefault(); // the field keeps the focus
            chosen(person);
          }}
        >
          ${person.name}${" "}
          <span class="faint">
            ${[person.externalId, counted(person.rooms, "room")].filter(Boolean).join(", ")}
          </span>
        </li>`,
      )}
    </ul>
  </div>`;
}
