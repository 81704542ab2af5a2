import type { Output } from '#reports/cli/output.ts';

/** Whether the user pressed Ctrl-C: what is known by then is reported. */
export interface Interrupt {
  readonly isRequested: boolean;
}

/** One word that all threads see: 1 when Ctrl-C was pressed. */
export type InterruptFlag = Int32Array<SharedArrayBuffer>;

/** The interrupt as another thread sees it. */
export const interruptBy = (flag: InterruptFlag): Interrupt => ({
  get isRequested() {
    return Atomics.load(flag, 0) === 1;
  },
});

/** Who listens for Ctrl-C. */
export interface InterruptListener extends Interrupt {
  readonly flag: InterruptFlag;
  /** Stops listening. */
  release(): void;
}

/** Turns the first Ctrl-C into a request to stop; the second stops at once. */
export const listenForInterrupt = (output: Output): InterruptListener => {
  const flag = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
  const onSignal = (): void => {
    if (Atomics.exchange(flag, 0, 1) === 1) process.exit(130);
    output.note('\nstopping: the results so far follow (Ctrl-C again to stop at once)');
  };
  process.on('SIGINT', onSignal);
  return {
    flag,
    get isRequested() {
      return Atomics.load(flag, 0) === 1;
    },
    release: () => {
      process.off('SIGINT', onSignal);
    },
  };
};
