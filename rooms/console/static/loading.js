// Data of the service in components: loaded, kept fresh, and what went wrong.

import { useEffect, useReducer, useRef, useState } from "preact/hooks";
import { filledPage, serviceNow } from "/console/api.js";

const AGAIN_SECONDS = 3; // after a failure that may pass

/**
 * What `load(signal)` gives, anew when `inputs` change, and every so many seconds (or `everySeconds(data)`) while the tab is seen.
 * {data, at, failure, reload}: `at` is the service's time then, in milliseconds; after a failure the last data stay.
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
        setState((known) => ({
          data: same(known.data, data) ? known.data : data,
          at: serviceNow(),
        }));
        const seconds = typeof everySeconds === "function" ? everySeconds(data) : everySeconds;
        if (seconds) again(seconds);
      } catch (failure) {
        if (abort.signal.aborted) return;
        failure.retried = failure.passing;
        setState((known) => ({ ...known, failure }));
        if (failure.status === 401) window.dispatchEvent(new Event(DENIED));
        if (failure.retried) again(AGAIN_SECONDS);
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
  }, [...inputs, round]);
  return { ...state, reload };
}

/** What the shell shows a form for: the key is not taken any more. */
export const DENIED = "anteroom-denied";

/** Whether nothing has changed, so that nothing need be drawn anew. */
const same = (known, data) => JSON.stringify(known) === JSON.stringify(data);

const EMPTY = { values: [], next: null, longer: false };

/**
 * A list whose values have an `id`, page after page: {values, ready, loading, failure, more, remove}.
 * The first page is kept fresh; `more()` loads the next one, and is null at the end or while one is loading.
 */
export function usePages(path, query, inputs, everySeconds = 0) {
  const first = useLoaded((signal) => filledPage(path, query, signal), inputs, everySeconds);
  const [list, setList] = useState(EMPTY);
  const [failure, setFailure] = useState(null);
  const [loading, setLoading] = useState(false);
  const abort = useRef(null);
  useEffect(() => setList((known) => withFirst(known, first.data)), [first.data]);
  useEffect(() => () => abort.current?.abort(), inputs);
  const more = async () => {
    if (abort.current) return;
    const ours = new AbortController();
    abort.current = ours;
    setLoading(true);
    setFailure(null);
    try {
      const { value, next } = await filledPage(path, list.next, ours.signal);
      if (!ours.signal.aborted)
        setList(({ values }) => ({ values: [...values, ...value], next, longer: true }));
    } catch (problem) {
      if (!ours.signal.aborted) setFailure(problem);
    } finally {
      abort.current = null;
      setLoading(false);
    }
  };
  const ready = first.data !== undefined;
  return {
    values: list.values,
    ready,
    loading: loading || !(ready || first.failure),
    failure: failure ?? first.failure,
    more: list.next && !loading ? more : null,
    remove: (id) =>
      setList((known) => ({ ...known, values: known.values.filter((value) => value.id !== id) })),
  };
}

/** The list with a first page that was read anew; what is behind it stays. */
function withFirst({ values, next, longer }, page) {
  if (!page) return EMPTY;
  if (!longer) return { values: page.value, next: page.next, longer };
  const ids = new Set(page.value.map(({ id }) => id));
  return { values: [...page.value, ...values.filter(({ id }) => !ids.has(id))], next, longer };
}

/** The service's time, each second, in milliseconds. */
export function useNow() {
  const [now, setNow] = useState(serviceNow());
  useEffect(() => {
    const timer = setInterval(() => setNow(serviceNow()), 1000);
    return () => clearInterval(timer);
  }, []);
  return now;
}
