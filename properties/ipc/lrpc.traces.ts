/** What the tracepoints of lightweight remote procedure calls tell of an execution, for the claims. */
import type { Observation, ObservedCall } from '#model/claim.ts';
import type { Call, Parameters } from '#model/ipc/lrpc.programs.ts';
import type { LrpcAnswer, LrpcErrno } from '#spec/abi/ipc/lrpc.ts';

export type Run = Observation<Call, LrpcAnswer, Parameters>;

export const activeOf = ({ program }: Run): number => program.threads.filter((made) => made.length > 0).length;

export const timesTraced = ({ traced }: Run, name: string): number =>
  traced.reduce((times, event) => times + Number(event.name === name), 0);

/** Whether no thread had to wait or was interrupted: each had a core, and left it once, at its end. */
export const isQuiet = (run: Run): boolean =>
  run.end === 'quiescent' &&
  run.costs.interrupts === 0 &&
  activeOf(run) <= run.program.cores &&
  run.costs.contextSwitches <= activeOf(run);

/** Whether a procedure has been called and has answered. */
export const isServed = ({ call, answer }: ObservedCall<Call, LrpcAnswer>): boolean =>
  call.tag === 'call' && answer?.tag === 'result';

/** Why calls have failed. */
export const failuresOf = ({ calls }: Run): LrpcErrno[] =>
  calls.flatMap(({ answer }) => (answer?.tag === 'failed' ? [answer.errno] : []));

/** Whether some procedure of a program's domains does this. */
export const hasBody = ({ program }: Run, tag: string): boolean =>
  program.parameters.domains.some(({ procedures }) => procedures.some(({ body }) => body.tag === tag));

/** Whether each thread goes through the steps of a call from the first on, none left out, and up to where it is refused. */
export const areStepsInOrder = ({ traced }: Run): boolean => {
  const last = new Map<number, number>();
  for (const { name, context } of traced) {
    const step = Number(/^step (\d)/.exec(name)?.[1] ?? 0);
    const before = last.get(context) ?? 0;
    const isBetween = before <= 3 || before === 9; // it was refused in one of the first three, or is in the server
    if (name === 'pops the linkage' && !isBetween) return false;
    if (step === 0) continue;
    if (step === 1 ? !isBetween : step !== before + 1) return false;
    last.set(context, step);
  }
  return true;
};

/** Whether what one tracepoint says is taken is taken by nobody else before another says that it is left. */
export const areApart = ({ traced }: Run, taken: string, left: string): boolean => {
  const inUse = new Set<number>();
  for (const { name, word } of traced) {
    if (name === left) inUse.delete(word);
    if (name !== taken) continue;
    if (inUse.has(word)) return false;
    inUse.add(word);
  }
  return true;
};

/** A frame by its virtual address, or where a call began. */
type Mark = number | 'call';

/** The words of a page in our own implementation: page t is the stack of thread t. */
const pageWords = 8;

/**
 * Whether each thread returns by the frame that it pushed last and has not returned by; what lies above the linkage that is
 * popped is gone with the call. Who runs captured threads has not pushed their frames: of executions that have some it is
 * only said that nobody returns by the stack of another thread. So each call goes on once.
 */
export const areReturnsWhereCalled = (run: Run): boolean => {
  const threads = run.program.threads.length;
  const isForeign = run.traced.some(({ name, context, word }) => {
    const page = Math.floor(word / pageWords);
    return name === 'returns by' && page < threads && page !== context;
  });
  if (isForeign) return false;
  if (timesTraced(run, 'thread captured in domain') > 0) return true;
  const stacks = new Map<number, Mark[]>();
  for (const { name, context, word } of run.traced) {
    const stack = stacks.get(context) ?? [];
    stacks.set(context, stack);
    if (name.startsWith('frame on')) stack.push(word);
    if (name === 'step 5: pushes the linkage') stack.push('call');
    if (name === 'pops the linkage') stack.length = Math.max(0, stack.lastIndexOf('call'));
    if (name === 'returns by' && stack.pop() !== word) return false;
  }
  return true;
};

/** Whether of the A-stacks of each list the one that was given back last is taken first, and the lowest at the start. */
export const isListOrderKept = ({ program, traced }: Run): boolean => {
  const { bindings, domains } = program.parameters;
  const lists: number[][] = [];
  let next = 0;
  for (const { server } of bindings) {
    for (const { aStacks } of domains[server]?.procedures ?? []) {
      lists.push(Array.from({ length: aStacks }, (_, index) => next + aStacks - 1 - index));
      next += aStacks;
    }
  }
  const listOf = Array.from({ length: next }, (_, aStack) => lists.find((list) => list.includes(aStack)));
  for (const { name, word } of traced) {
    const list = listOf[word];
    if (name === 'A-stack taken' && list && list.pop() !== word) return false;
    if (name === 'A-stack given back') list?.push(word);
  }
  return true;
};
