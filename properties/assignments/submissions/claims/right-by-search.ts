/** One claim for nearly everything: some order of single items explains what was told, and who is left waiting may be. */
import type { Call, Claim, Item, Made, Run, Workload } from '../../claims/starter/run.ts';

/** A call that has begun: how many items it has put, or which it has taken, and whether it is over. */
interface Under {
  readonly call: Call;
  readonly put: number;
  readonly taken: readonly Item[];
  readonly isOver: boolean;
}

interface State {
  readonly buffer: readonly Item[];
  readonly isFinished: boolean;
  /** By the number of the event at which it began. */
  readonly under: Readonly<Record<number, Under>>;
}

/** What a call may do next; undefined: it waits. */
const step = (state: State, capacity: number, key: number, under: Under): State | undefined => {
  const { buffer, isFinished } = state;
  const { call, put, taken } = under;
  const then = (next: Partial<Under>, rest: Partial<State> = {}): State => ({
    ...state,
    ...rest,
    under: { ...state.under, [key]: { ...under, ...next } },
  });
  if (call.tag === 'finish') return then({ isOver: true }, { isFinished: true });
  if (call.tag === 'put') {
    const item = call.items[put];
    if (item === undefined || buffer.length === capacity) return undefined;
    return then({ put: put + 1, isOver: put + 1 === call.items.length }, { buffer: [...buffer, item] });
  }
  const [oldest, ...rest] = buffer;
  if (oldest === undefined) return isFinished ? then({ isOver: true }) : undefined;
  const items = [...taken, oldest];
  return then({ taken: items, isOver: items.length === call.count }, { buffer: rest });
};

/** A state, and all to which its calls can take it. */
const closure = (states: readonly State[], capacity: number): State[] => {
  const known = new Map(states.map((state) => [JSON.stringify(state), state]));
  for (const state of known.values()) {
    for (const [key, under] of Object.entries(state.under)) {
      const next = under.isOver ? undefined : step(state, capacity, Number(key), under);
      if (next) known.set(JSON.stringify(next), next);
    }
  }
  return [...known.values()];
};

const begins = (state: State, { call, began }: Made): State => ({
  ...state,
  under: { ...state.under, [began]: { call, put: 0, taken: [], isOver: false } },
});

/** The state without a call that is over and was told what it was; undefined: it is not. */
const ends = (state: State, { call, answer, began }: Made): State | undefined => {
  const { [began]: under, ...others } = state.under;
  if (!under?.isOver) return undefined;
  const told = answer?.tag === 'items' ? answer.items : undefined;
  const isTold = call.tag === 'get' ? JSON.stringify(told) === JSON.stringify(under.taken) : answer?.tag === 'ok';
  return isTold ? { ...state, under: others } : undefined;
};

/** Every state that the buffer can be in at the end; none: nothing explains what was told. */
const statesAtTheEnd = (run: Run): readonly State[] => {
  const { capacity } = run.program.parameters;
  const last = Math.max(-1, ...run.calls.flatMap(({ began, ended }) => [began, ended ?? began]));
  let states: State[] = [{ buffer: [], isFinished: false, under: {} }];
  for (let event = 0; event <= last; event++) {
    const beginning = run.calls.find(({ began }) => began === event);
    const ending = run.calls.find(({ ended }) => ended === event);
    if (beginning) states = states.map((state) => begins(state, beginning));
    states = closure(states, capacity);
    if (ending) states = states.map((state) => ends(state, ending)).filter((state) => state !== undefined);
  }
  return states;
};

const mayRest = (state: State, { program, calls }: Run): boolean =>
  Object.entries(state.under).every(
    ([key, under]) => !under.isOver && !step(state, program.parameters.capacity, Number(key), under),
  ) &&
  program.threads.every((all, thread) => {
    const made = calls.filter((call) => call.thread === thread);
    return made.length === all.length || made.some(({ ended }) => ended === null);
  });

export const claims: readonly Claim[] = [
  { id: 'faultless', sentence: 'the machine never stops', holds: (run) => run.end !== 'faulted' },
  {
    id: 'explained',
    sentence: 'what is told can be explained, and who waits for ever in the end has to',
    holds: (run) => {
      const states = statesAtTheEnd(run);
      return run.end === 'settled' ? states.some((state) => mayRest(state, run)) : states.length > 0;
    },
  },
];

const producer = (...items: readonly Item[]): Call[] => items.map((item) => ({ tag: 'put', items: [item] }));
const consumer = (...counts: readonly number[]): Call[] => counts.map((count) => ({ tag: 'get', count }));

export const workloads: readonly Workload[] = [1, 2].flatMap((capacity) => {
  const parameters = { capacity, carriedItems: capacity === 1 ? 0 : 3 };
  return [
    { name: `one of each, ${capacity}`, parameters, threads: [producer(1, 2, 3, 4), consumer(2, 1)] },
    { name: `more is wanted, ${capacity}`, parameters, threads: [producer(1), consumer(1, 1)] },
    { name: `two producers, ${capacity}`, parameters, threads: [producer(1, 2), producer(3), consumer(2)] },
    { name: `two consumers, ${capacity}`, parameters, threads: [producer(1, 2), consumer(1), consumer(1, 1)] },
    {
      name: `two ends, ${capacity}`,
      parameters,
      threads: [[...producer(1), { tag: 'finish' }], consumer(2), consumer(1)],
    },
  ];
});
