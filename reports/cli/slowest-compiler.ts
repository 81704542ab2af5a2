import { setFlagsFromString } from 'node:v8';

const callsBefore = 300_000;

/**
 * V8 compiles a function with its slowest compiler once it was called so often. By default that is after 3,000 calls, and
 * takes longer than most explorations do in all; those of many seconds still get there.
 */
export const delaySlowestCompiler = (): void => setFlagsFromString(`--invocation-count-for-turbofan=${callsBefore}`);
