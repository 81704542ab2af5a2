import type { Output } from '#reports/cli/output.ts';
import { plural } from '#reports/text/story.ts';

/** Whether somebody wants an end: the user pressed Ctrl-C, or the time is up. What is known by then is reported. */
export interface Interrupt {
  readonly isRequested: boolean;
  /** What the report says of it. */
  readonly why: string;
}

/** One word that all threads see: 1 when Ctrl-C was pressed, -n when n seconds are over. */
export type InterruptFlag = Int32Array<SharedArrayBuffer>;

/** The interrupt as another thread sees it. */
export const interruptBy = (flag: InterruptFlag): Interrupt => ({
  get isRequested() {
    return Atomics.load(flag, 0) !== 0;
  },
  get why() {
    const value = Atomics.load(flag, 0);
    return value < 0 ? plural(-value, 'second') : 'Ctrl-C';
  },
});

/** Who listens for Ctrl-C. */
export interface InterruptListener extends Interrupt {
  readonly flag: InterruptFlag;
  /** Stops listening. */
  release(): void;
}

/** Timers of Node know no longer times. */
const timerMillisecondsMax = 2 ** 31 - 1;

/**
 * Turns the first Ctrl-C into a request to stop; the second stops at once. After so many `seconds` of the clock on the
 * wall, if they are given, nobody need press anything.
 */
export const listenForInterrupt = (output: Output, seconds?: number): InterruptListener => {
  const flag = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
  const onSignal = (): void => {
    if (Atomics.exchange(flag, 0, 1) === 1) process.exit(130);
    output.note('\nstopping: the results so far follow (Ctrl-C again to stop at once)');
  };
  process.on('SIGINT', onSignal);
  const onTime = (): void => {
    Atomics.compareExchange(flag, 0, 0, -(seconds ?? 0));
  };
  const timer =
    seconds !== undefined && 1000 * seconds <= timerMillisecondsMax ? setTimeout(onTime, 1000 * seconds) : undefined;
  const interrupt = interruptBy(flag);
  return {
    flag,
    get isRequested() {
      return interrupt.isRequested;
    },
    get why() {
      return interrupt.why;
    },
    release: () => {
      clearTimeout(timer);
      process.off('SIGINT', onSignal);
    },
  };
};
