// Who is here, and what a Presenter can do about it.

import { html } from "htm/preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { endForAll, mute, remove } from "/join/static/api.js";
import { nameOf } from "/join/static/happenings.js";
import { Icon } from "/join/static/icons.js";
import { isOn } from "/join/static/publishing.js";

export function People({ link, call, present, say }) {
  const { token, capabilities } = call;
  const act = (action) => action.catch((failure) => say(failure.message));
  const mayRemove = capabilities.has("removeParticipant");
  return html`
    <ul class="people">
      ${present.map(
        (participant) => html`<li key=${participant.identity}>
          <${Described} participant=${participant} />
          ${
            !participant.isLocal &&
            html`<span class="actions">
              ${
                capabilities.has("muteRemoteUser") &&
                isOn("microphone", participant) &&
                html`<${Act}
                  label="Mute"
                  of=${nameOf(participant)}
                  act=${() => act(mute(link.roomId, token, participant.sid))}
                />`
              }
              ${
                mayRemove &&
                html`<${Sure}
                  label="Remove"
                  of=${nameOf(participant)}
                  act=${() => act(remove(link.roomId, token, participant.sid))}
                />`
              }
            </span>`
          }
        </li>`,
      )}
    </ul>
    ${
      mayRemove &&
      html`<p>
        <${Sure} label="End the call for all" act=${() => act(endForAll(link.roomId, token))} />
      </p>`
    }
  `;
}

const Described = ({ participant }) => html`<span class="described">
  <span><bdi class="person">${nameOf(participant)}</bdi>${participant.isLocal && " (you)"}</span>
  <span class="faint">
    ${participant.attributes.role}
    ${
      participant.permissions?.canPublish &&
      !isOn("microphone", participant) &&
      html`<span class="muted"><${Icon} name="microphone-off" /> muted</span>`
    }
  </span>
</span>`;

/** A button about somebody, whom screen readers hear with it. */
const Act = ({ label, of, act }) => html`<button type="button" class="quiet small" onClick=${act}>
  ${label}${of && html`<span class="unseen"> ${of}</span>`}
</button>`;

/** The same, which asks once more first. */
function Sure(about) {
  const [asked, setAsked] = useState(false);
  if (!asked) return html`<${Act} ...${about} act=${() => setAsked(true)} />`;
  return html`<${Confirm} ...${about} forget=${() => setAsked(false)} />`;
}

/** The second question. It goes when the focus does. */
function Confirm({ label, of, act, forget }) {
  const element = useRef(null);
  useEffect(() => element.current.focus(), []);
  const done = () => {
    forget();
    act();
  };
  return html`<button
    type="button"
    class="small danger"
    ref=${element}
    onBlur=${forget}
    onClick=${done}
  >
    Really ${label.toLowerCase()}?${of && html`<span class="unseen"> ${of}</span>`}
  </button>`;
}
