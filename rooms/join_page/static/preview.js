// The check of camera and microphone before the call.

import { html } from "htm/preact";
import { useEffect, useRef } from "preact/hooks";
import { choose, useChoices } from "/join/static/choices.js";
import { DeviceChoice, useTrack } from "/join/static/devices.js";
import { Tool } from "/join/static/parts.js";
import { deviceProblem } from "/join/static/words.js";

const LEVEL_MILLISECONDS = 100;
const LOUD = 0.25; // the amplitude that fills the meter

/** One's own picture, how loud one is, and the choice of devices. */
export function Preview() {
  const { camera, microphone, videoinput, audioinput } = useChoices();
  const video = useTrack("video", camera, videoinput);
  const audio = useTrack("audio", microphone, audioinput);
  return html`<section class="preview" aria-label="Camera and microphone">
    <div class="picture">
      ${
        video.track
          ? html`<${Picture} track=${video.track} />`
          : html`<p>${camera ? "Camera …" : "The camera is off"}</p>`
      }
      <div class="tools">
        <${Toggle} of="microphone" on=${microphone} />
        <${Toggle} of="camera" on=${camera} />
      </div>
    </div>
    <div role="alert">
      ${video.problem && html`<p class="problem">${deviceProblem("camera", video.problem)}</p>`}
      ${audio.problem && html`<p class="problem">${deviceProblem("microphone", audio.problem)}</p>`}
    </div>
    ${audio.track && html`<${Level} track=${audio.track} />`}
    <div class="choice"><${DeviceChoice} opened=${`${video.track?.id} ${audio.track?.id}`} /></div>
  </section>`;
}

const Toggle = ({ of, on }) => html`<${Tool}
  icon=${on ? of : `${of}-off`}
  class=${on ? "" : "off"}
  label=${`Turn ${of} ${on ? "off" : "on"}`}
  onClick=${() => choose({ [of]: !on })}
/>`;

function Picture({ track }) {
  const element = useRef(null);
  useEffect(() => {
    element.current.srcObject = new MediaStream([track]);
  }, [track]);
  return html`<video
    class="mirrored"
    ref=${element}
    aria-label="Your picture"
    autoplay
    playsinline
    muted
  ></video>`;
}

/** How loud the microphone is. */
function Level({ track }) {
  const element = useRef(null);
  useEffect(() => {
    const meter = element.current;
    const context = new AudioContext();
    const analyser = context.createAnalyser();
    context.createMediaStreamSource(new MediaStream([track])).connect(analyser);
    const samples = new Float32Array(analyser.fftSize);
    const timer = setInterval(() => {
      analyser.getFloatTimeDomainData(samples);
      const square = samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length;
      meter.value = Math.min(1, Math.sqrt(square) / LOUD);
    }, LEVEL_MILLISECONDS);
    return () => {
      clearInterval(timer);
      context.close();
    };
  }, [track]);
  return html`<label class="level"><span>Sound</span><meter ref=${element} value="0"></meter></label>`;
}
