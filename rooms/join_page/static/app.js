// The page: from the join link to the call and out of it.

import { html, render } from "htm/preact";
import { useEffect, useReducer, useState } from "preact/hooks";
import { lookUp } from "/join/static/api.js";
import { Call } from "/join/static/call.js";
import { setClock } from "/join/static/clock.js";
import { joinLink } from "/join/static/entry.js";
import { Over } from "/join/static/over.js";
import { Loading, NoLink, Stopped } from "/join/static/stopped.js";
import { Waiting } from "/join/static/waiting.js";

const RETRY_SECONDS = 3;

/**
 * Asks the service who the link is for. Returns {found, failure, again}; after a failure, `found` is
 * what it said before.
 */
function useFound(link) {
  const [state, setState] = useState({});
  const [round, again] = useReducer((count) => count + 1, 0);
  useEffect(() => {
    const abort = new AbortController();
    let timer;
    lookUp(link, abort.signal)
      .then((found) => {
        setClock(found.now);
        setState({ found });
      })
      .catch((failure) => {
        if (abort.signal.aborted) return;
        setState((known) => ({ ...known, failure }));
        if (failure.passing) timer = setTimeout(again, RETRY_SECONDS * 1000);
      });
    return () => {
      abort.abort();
      clearTimeout(timer);
    };
  }, [round]);
  return { ...state, again };
}

function Page({ link }) {
  const { found, failure, again } = useFound(link);
  const [stage, setStage] = useState({ name: "waiting" });
  const enter = () => setStage({ name: "call" });
  const leave = (why, refusal) => {
    const stops = refusal !== undefined && refusal.reasons.length === 0;
    setStage(stops ? { name: "stopped", refusal } : { name: "over", why });
    again();
  };
  const back = () => {
    setStage({ name: "waiting" });
    again();
  };
  if (stage.name === "call") return html`<${Call} link=${link} found=${found} over=${leave} />`;
  if (stage.name === "stopped") return html`<${Stopped} failure=${stage.refusal} again=${back} />`;
  if (stage.name === "over")
    return html`<${Over} why=${stage.why} ...${{ found, failure, enter, again }} />`;
  if (failure && !(failure.passing && found))
    return html`<${Stopped} failure=${failure} again=${again} />`;
  if (!found) return html`<${Loading} />`;
  return html`<${Waiting} found=${found} enter=${enter} again=${again} />`;
}

const link = joinLink();
render(link ? html`<${Page} link=${link} />` : html`<${NoLink} />`, document.body);
