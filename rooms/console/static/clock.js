// The clock of the service. Signatures name its time, and the clock of this machine may be wrong.

const LEAST_SKEW = 2_000; // milliseconds

/** Milliseconds by which the clock of this machine is behind. */
export let skew = 0;

/** The time of the service, in milliseconds. */
export const serviceNow = () => Date.now() + skew;

/** Follows the service's clock if it differs a lot from this machine's. */
export function readClock(answer) {
  const halfSecond = 500; // the header has whole seconds
  const difference = Date.parse(answer.headers.get("Date")) + halfSecond - Date.now();
  skew = Math.abs(difference) > LEAST_SKEW ? difference : 0;
}
