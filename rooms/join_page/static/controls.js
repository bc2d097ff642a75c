// The buttons under the call.

import { html } from "htm/preact";
import { Tool } from "/join/static/parts.js";
import { isOn, may, turn } from "/join/static/publishing.js";

const LABELS = {
  microphone: ["Mute", "Unmute"],
  camera: ["Stop video", "Start video"],
};

export function Controls({ call, side, setSide, say }) {
  const { room, capabilities, leave } = call;
  const sharing = isOn("screen", room.localParticipant);
  const toggle = (name) => setSide(side === name ? null : name);
  return html`<footer class="controls">
    ${["microphone", "camera"].map(
      (of) =>
        may(of, capabilities) && html`<${Toggle} key=${of} of=${of} room=${room} say=${say} />`,
    )}
    ${
      may("screen", capabilities) &&
      html`<${Tool}
        icon="screen"
        label=${sharing ? "Stop sharing" : "Share screen"}
        class=${sharing ? "on" : ""}
        onClick=${() => turn("screen", !sharing, room, say)}
      />`
    }
    <${Tool}
      icon="people"
      label="People"
      class=${side === "people" ? "on" : ""}
      aria-expanded=${side === "people"}
      onClick=${() => toggle("people")}
    />
    <${Tool}
      icon="devices"
      label="Devices"
      class=${side === "devices" ? "on" : ""}
      aria-expanded=${side === "devices"}
      onClick=${() => toggle("devices")}
    />
    <${Tool} icon="leave" label="Leave" class="leave" onClick=${leave} />
  </footer>`;
}

function Toggle({ of, room, say }) {
  const on = isOn(of, room.localParticipant);
  return html`<${Tool}
    icon=${on ? of : `${of}-off`}
    label=${LABELS[of][on ? 0 : 1]}
    class=${on ? "" : "off"}
    onClick=${() => turn(of, !on, room, say)}
  />`;
}
