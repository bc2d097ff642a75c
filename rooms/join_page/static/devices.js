// Cameras, microphones and speakers of this machine.

import { html } from "htm/preact";
import { useEffect, useState } from "preact/hooks";
import { choose, useChoices } from "/join/static/choices.js";

const NAMES = { videoinput: "Camera", audioinput: "Microphone", audiooutput: "Speaker" };

/** What may be chosen here: some browsers let no page choose the speaker. */
const CHOOSABLE = Object.keys(NAMES).filter(
  (kind) => kind !== "audiooutput" || "setSinkId" in HTMLMediaElement.prototype,
);

let pending = null;

/**
 * Opens a camera ("video") or a microphone ("audio"), and returns its track. What is asked for at
 * the same time is opened in one go: the browser then asks once whether it may.
 */
async function open(kind, deviceId) {
  if (!pending) {
    const wanted = {};
    const opened = Promise.resolve().then(() => {
      pending = null;
      return navigator.mediaDevices.getUserMedia(wanted);
    });
    pending = { wanted, opened };
  }
  const { wanted, opened } = pending;
  wanted[kind] = { deviceId };
  const stream = await opened.catch((problem) => {
    if (Object.keys(wanted).length === 1) throw problem;
    return navigator.mediaDevices.getUserMedia({ [kind]: { deviceId } }); // the other one failed
  });
  return stream.getTracks().find((track) => track.kind === kind);
}

/** Keeps a camera or a microphone open while it is `wanted`. Returns {track} or {problem}. */
export function useTrack(kind, wanted, deviceId) {
  const [state, setState] = useState({});
  useEffect(() => {
    if (!wanted) return undefined;
    let closed = false;
    let track;
    open(kind, deviceId)
      .then((opened) => {
        track = opened;
        if (closed) track.stop();
        else setState({ track });
      })
      .catch((problem) => closed || setState({ problem }));
    return () => {
      closed = true;
      track?.stop();
      setState({});
    };
  }, [kind, wanted, deviceId]);
  return state;
}

/** Returns the devices that this browser tells of, also after one was plugged in. */
function useDevices(opened) {
  const [devices, setDevices] = useState([]);
  useEffect(() => {
    const read = async () => setDevices(await navigator.mediaDevices.enumerateDevices());
    read();
    navigator.mediaDevices.addEventListener("devicechange", read);
    return () => navigator.mediaDevices.removeEventListener("devicechange", read);
  }, [opened]);
  return devices;
}

/**
 * The choice of devices. `opened` changes when more of them may have names; `take` is told which
 * kind was chosen, and which device.
 */
export function DeviceChoice({ opened, take }) {
  const devices = useDevices(opened);
  const choices = useChoices();
  return CHOOSABLE.map((kind) => {
    const named = devices.filter((device) => device.kind === kind && device.label);
    if (!named.length) return null;
    const known = named.some(({ deviceId }) => deviceId === choices[kind]);
    const change = ({ target }) => {
      choose({ [kind]: target.value });
      take?.(kind, target.value);
    };
    return html`<label class="field" key=${kind}>
      <span>${NAMES[kind]}</span>
      <select value=${known ? choices[kind] : named[0].deviceId} onChange=${change}>
        ${named.map(({ deviceId, label }) => html`<option value=${deviceId}>${label}</option>`)}
      </select>
    </label>`;
  });
}
