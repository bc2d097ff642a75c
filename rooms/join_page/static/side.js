// What opens beside the call: who is here, and the choice of devices.

import { html } from "htm/preact";
import { useEffect, useRef } from "preact/hooks";
import { DeviceChoice } from "/join/static/devices.js";
import { Tool } from "/join/static/parts.js";
import { People } from "/join/static/people.js";
import { deviceProblem } from "/join/static/words.js";

const TITLES = { people: "People", devices: "Devices" };
const DEVICES = { videoinput: "camera", audioinput: "microphone", audiooutput: "speaker" };

/** `show` is a name in TITLES. The focus goes to the heading, and back where it was in the end. */
export function Side({ show, close, call, ...rest }) {
  const heading = useRef(null);
  useEffect(() => {
    const before = document.activeElement;
    heading.current.focus();
    return () => before?.focus();
  }, [show]);
  const take = (kind, deviceId) =>
    call.room
      .switchActiveDevice(kind, deviceId)
      .catch((problem) => rest.say(deviceProblem(DEVICES[kind], problem)));
  return html`<aside
    class="side"
    aria-label=${TITLES[show]}
    onKeyDown=${(event) => event.key === "Escape" && close()}
  >
    <div class="side-head">
      <h2 tabindex="-1" ref=${heading}>${TITLES[show]}</h2>
      <${Tool} icon="close" label="Close" class="plain" onClick=${close} />
    </div>
    ${show === "people" && html`<${People} call=${call} ...${rest} />`}
    ${show === "devices" && html`<${DeviceChoice} opened=${call.room} take=${take} />`}
  </aside>`;
}
