// The time of the service: the clock of this machine may be wrong.

import { useEffect, useState } from "preact/hooks";

let skew = 0; // milliseconds

/** Takes the time that the service has just told. */
export function setClock(time) {
  skew = Date.parse(time) - Date.now();
}

/** The service's time, in milliseconds. */
export const serviceNow = () => Date.now() + skew;

/** Returns the service's time in milliseconds, each second. */
export function useNow() {
  const [now, setNow] = useState(serviceNow());
  useEffect(() => {
    const timer = setInterval(() => setNow(serviceNow()), 1000);
    return () => clearInterval(timer);
  }, []);
  return now;
}
