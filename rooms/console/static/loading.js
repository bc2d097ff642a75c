// Data of the service in components: loads them, keeps them fresh, and says what went wrong.

import { useEffect, useReducer, useRef, useState } from "preact/hooks";
import { filledPage, serviceNow } from "/console/api.js";

const RETRY_SECONDS = 3;

/**
 * Loads `load(signal)` when `inputs` change, and again every `everySeconds` (a number, or a
 * function of the data) while the tab is visible. Returns {data, at, failure, reload}: `at` is the
 * service's time of the answer, in milliseconds. After a failure the last data stay. Nothing is
 * asked before it is `ready`, so that what matters more is answered first.
 */
export function useLoaded(load, inputs, everySeconds = 0, ready = true) {
  const [state, setState] = useState({});
  const [round, reload] = useReducer((count) => count + 1, 0);
  const before = useRef(null);
  useEffect(() => {
    if (!ready) return undefined;
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
        if (failure.retried) again(RETRY_SECONDS);
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
  }, [...inputs, round, ready]);
  return { ...state, reload };
}

/** The event that says that the service does not accept the key any more. */
export const DENIED = "anteroom-denied";

/** Returns whether nothing has changed, so that nothing is drawn again. */
const same = (known, data) => JSON.stringify(known) === JSON.stringify(data);

const EMPTY = { values: [], next: null, longer: false };

/**
 * Loads a list page by page; its values have an `id` if it is kept fresh. Returns {values, ready,
 * loading, failure, more, remove}. The first page is kept fresh. It has at least `least` values, if
 * there are as many. `more()` loads the next page; it is null at the end of the list and while a
 * page is loading. Without a path nothing is loaded.
 */
export function usePages(path, query, inputs, everySeconds = 0, least = 1) {
  const load = async (signal) => path && (await filledPage(path, query, signal, least));
  const first = useLoaded(load, inputs, everySeconds);
  const [list, setList] = useState(EMPTY);
  const [failure, setFailure] = useState(null);
  const [loading, setLoading] = useState(false);
  const abort = useRef(null);
  useEffect(() => setList((known) => withFirst(known, first.data)), [first.data]);
  useEffect(() => () => abort.current?.abort(), inputs);
  const more = async () => {
    if (abort.current) return;
    const controller = new AbortController();
    abort.current = controller;
    setLoading(true);
    setFailure(null);
    try {
      const { value, next } = await filledPage(path, list.next, controller.signal);
      if (!controller.signal.aborted)
        setList(({ values }) => ({ values: [...values, ...value], next, longer: true }));
    } catch (problem) {
      if (!controller.signal.aborted) setFailure(problem);
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

/** Returns the list with a newer first page; the pages after it stay. */
function withFirst({ values, next, longer }, page) {
  if (!page) return EMPTY;
  if (!longer) return { values: page.value, next: page.next, longer };
  const ids = new Set(page.value.map(({ id }) => id));
  return { values: [...page.value, ...values.filter(({ id }) => !ids.has(id))], next, longer };
}

/** Returns the service's time in milliseconds, each second. */
export function useNow() {
  const [now, setNow] = useState(serviceNow());
  useEffect(() => {
    const timer = setInterval(() => setNow(serviceNow()), 1000);
    return () => clearInterval(timer);
  }, []);
  return now;
}
