// Why somebody may not join now, in words, and what happens next.

import { html } from "htm/preact";
import { useEffect } from "preact/hooks";
import { useNow } from "/join/static/clock.js";
import { countdown, localized, moment } from "/join/static/words.js";

const RETRY_SECONDS = 20;

const TITLES = {
  NotInvited: "You are not invited",
  NotCommunicationUser: "You cannot join",
  Closed: "The room is closed",
  RoomFull: "The call is full",
};

/** A refusal. Asks again by itself when the room opens, or while it is full. */
export function Refusal({ found, again }) {
  const now = useNow();
  const opensAt = found.reasons.find((reason) => reason.opensAt)?.opensAt;
  const full = found.reasons.every(({ code }) => code === "RoomFull");
  const due = opensAt !== undefined && now >= Date.parse(opensAt);
  useEffect(() => {
    if (due) again();
  }, [due, found]);
  useEffect(() => {
    if (!full) return undefined;
    const timer = setTimeout(again, RETRY_SECONDS * 1000);
    return () => clearTimeout(timer);
  }, [full, found]);
  const others = found.reasons.filter((reason) => !reason.opensAt);
  return html`<div class="refusal" role="status">
    ${others.map(
      (reason) => html`<h2>${TITLES[reason.code] ?? "You cannot join"}</h2>
        <p>${localized(reason.message)}</p>`,
    )}
    ${opensAt && others.length === 0 && html`<h2>The room opens at ${moment(opensAt, now)}</h2>`}
    ${full && html`<p class="faint">This page tries again by itself.</p>`}
  </div>
  ${opensAt && others.length === 0 && html`<${Until} opensAt=${opensAt} now=${now} />`}`;
}

const Until = ({ opensAt, now }) => html`<p class="countdown" role="timer">
  <span class="faint">in</span> ${countdown(Date.parse(opensAt) - now)}
</p>`;
