// Data of the service in components: loaded, kept fresh, and what went wrong.

import { useEffect, useReducer, useRef, useState } from "preact/hooks";
import { filledPage, page } from "/console/api.js";

const AGAIN_SECONDS = 3; // after a failure that may pass

/**
 * What `load(signal)` gives, anew when `inputs` change, and every so many seconds while the tab is seen.
 * {data, at, failure, reload}: after a failure the last data stay.
 */
export function useLoaded(load, inputs, everySeconds = 0) {
  const [state, setState] = useState({});
  const [round, reload] = useReducer((count) => count + 1, 0);
  const before = useRef(null);
  useEffect(() => {
    const abort = new AbortController();
    let timer;
    const again = (seconds) => {
      timer = setTimeout(() => (document.hidden ? again(seconds) : run()), seconds * 1000);
    };
    const run = async () => {
      try {
        const data = await load(abort.signal);
        if (abort.signal.aborted) return;
        setState((known) => ({ data: same(known.data, data) ? known.data : data, at: Date.now() }));
        if (everySeconds) again(everySeconds);
      } catch (failure) {
        if (abort.signal.aborted) return;
        setState((known) => ({ ...known, failure }));
        tell(failure);
        if (failure.passing) again(Math.max(AGAIN_SECONDS, everySeconds));
      }
    };
    const asked = JSON.stringify(inputs);
    if (before.current !== asked) setState({});
    before.current = asked;
    run();
    return () => {
      abort.abort();
      clearTimeout(timer);
    };
  }, [...inputs, everySeconds, round]);
  return { ...state, reload };
}

/** Whether nothing has changed, so that nothing need be drawn anew. */
const same = (known, data) => JSON.stringify(known) === JSON.stringify(data);

/** A list, page after page: {values, failure, more} where `more()` loads the next page, and is null at the end or while one is loading. */
export function usePages(path, query, inputs) {
  const [more, setMore] = useState({ values: [], next: null });
  const first = useLoaded((signal) => filledPage(path, query, signal), inputs);
  const [loading, setLoading] = useState(false);
  const abort = useRef(null);
  useEffect(() => {
    setMore({ values: first.data?.value ?? [], next: first.data?.next ?? null, failure: first.failure });
    return () => abort.current?.abort();
  }, [first.data, first.failure]);
  const go = async () => {
    setLoading(true);
    abort.current = new AbortController();
    try {
      const { value, next } = await filledPage(path, more.next, abort.current.signal);
      setMore(({ values }) => ({ values: [...values, ...value], next }));
    } catch (failure) {
      if (failure.name !== "AbortError") setMore((known) => ({ ...known, failure }));
    } finally {
      setLoading(false);
    }
  };
  const ready = first.data !== undefined;
  return {
    ...more,
    ready,
    loading: loading || !(ready || first.failure),
    more: more.next && !loading ? go : null,
    reload: first.reload,
  };
}

/** All pages of a list, up to so many values. */
export async function all(path, query, signal, most = 1_000) {
  let found = await page(path, query, signal);
  const values = [...found.value];
  while (found.next && values.length < most) {
    found = await page(path, found.next, signal);
    values.push(...found.value);
  }
  return values;
}

/** The time, each second, in milliseconds. */
export function useNow() {
  const [now, setNow] = useState(Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 1000);
    return () => clearInterval(timer);
  }, []);
  return now;
}

/** What the shell shows a form for: the key is not taken any more. */
export const DENIED = "anteroom-denied";

function tell(failure) {
  if (failure.status === 401) window.dispatchEvent(new Event(DENIED));
}
