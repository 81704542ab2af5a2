import { type Call, cancel, forever, ipc, kill, type L4Program, notAtAll, says, tick } from '#model/ipc/l4.calls.ts';
import type { ThreadId } from '#spec/abi.ts';

interface Named {
  readonly name: string;
  readonly program: L4Program;
}

/** Threads that name each other. `chiefs`: who made whom. */
const scenario = (
  name: string,
  cores: number,
  chiefs: readonly (ThreadId | null)[],
  ...threads: readonly (readonly Call[])[]
): Named => ({
  name,
  program: {
    variant: 'clans',
    cores,
    threads,
    parameters: {
      tables: threads.map(() => []),
      notifications: [false, false, false],
      chiefs,
      spaceOf: threads.map((_, id) => id),
      absent: [],
    },
  },
});

/** Two chiefs, with a thread in each one's clan. */
const twoClans = [null, null, 0, 1];
const alone = [null, null];
const receives = (from: ThreadId | 'any' = 'any', timeouts = forever): Call => ipc(null, says(), from, timeouts);

export const clans: readonly Named[] = [
  scenario('a call, and the reply', 2, alone, [ipc(1, says(1, 2), 1)], [receives(), ipc(0, says(3), null)]),
  scenario(
    'the server is there for the next call',
    2,
    alone,
    [ipc(1, says(1), 1), ipc(1, says(2), null, { ...forever, send: 0 })],
    [receives(), ipc(0, says(3), 'any')],
  ),
  scenario(
    'a receiver that waits for another',
    2,
    [null, null, null],
    [receives(2), receives(1)],
    [ipc(0, says(1), null)],
    [ipc(0, says(2), null)],
  ),
  scenario('two send to each other', 2, alone, [ipc(1, says(1), 1)], [ipc(0, says(2), 0)], [tick]),
  scenario(
    'across two borders',
    2,
    twoClans,
    [receives(), ipc(3, says(1), null, forever, 2)],
    [receives(), ipc(3, says(1), null, forever, 2)],
    [ipc(3, says(1), null)],
    [receives()],
  ),
  scenario('into a clan within a clan', 2, [null, null, 1, 2], [ipc(3, says(1), null)], [receives()], [], [receives()]),
  scenario(
    'a chief speaks for its clan, and for nobody else',
    2,
    twoClans,
    [ipc(1, says(1), null, notAtAll, 3), ipc(2, says(1), null, notAtAll, 3), ipc(1, says(2), null, forever, 2)],
    [receives()],
    [receives(3, notAtAll)],
    [],
  ),
  scenario(
    'a chief that drops what it should forward',
    2,
    [null, null, 0],
    [receives()],
    [receives(2)],
    [ipc(1, says(1), 1)],
  ),
  scenario(
    'threads that are there, and that are not',
    2,
    [null, null, null],
    [kill(1), ipc(1, says(1), null, notAtAll), ipc(2, says(1), null, notAtAll), ipc(3, says(1), null, notAtAll)],
    [],
    [],
  ),
  scenario(
    'a partner is killed',
    2,
    [null, null, null],
    [ipc(1, says(1), 1)],
    [receives(), receives(0, notAtAll)],
    [kill(1)],
  ),
  scenario(
    'a send, and the clock',
    2,
    [null, null, null],
    [ipc(1, says(1), 1, { send: 1, receive: 1, transfer: null })],
    [receives()],
    [tick, cancel(0)],
  ),
];
