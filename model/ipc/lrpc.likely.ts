/** How a lightweight remote procedure call probably ends, from what it has come to: where to look first for an explanation. */
import type { LrpcAnswer } from '#spec/abi/ipc/lrpc.ts';
import type { Asked, Inside, Lrpc, PendingCall, Result } from '#spec/ipc/lrpc.state.ts';

/** Procedures that call on; more than so many in a row are not followed. */
const depthMax = 8;

/**
 * What a procedure has answered is what its caller gets, and the caller of that one, unless the call is given up, a domain
 * ends, or somebody writes on an A-stack. And counters only grow, so a sum that is smaller already does not come.
 */
export const probablyEnds = (state: Lrpc, rest: PendingCall, answer: LrpcAnswer): boolean => {
  if (rest.tag === 'call') return mayAddUpTo(state, rest, answer);
  if (rest.tag !== 'rest of call') return true;
  const { levels, step } = rest;
  if (levels.length > 0 && isForAnyResult(answer)) return true;
  if (step.at === 'count' || step.at === 'answer') return gives(step.result, answer);
  if (step.at === 'collect') return step.failure === null || gives(step.failure, answer);
  if (step.at === 'return') return !step.hasFailed || answer.tag === 'failed';
  const asked = askedOf(state, rest);
  return !asked || mayAddUpTo(state, asked, answer);
};

/** What a call is told that was given up, or whose server has ended, whatever else it has come to. */
const isForAnyResult = (answer: LrpcAnswer): boolean =>
  answer.tag === 'failed' && (answer.errno === 'ECALLABORTED' || answer.errno === 'ECALLFAILED');

const gives = (result: Result, answer: LrpcAnswer): boolean =>
  typeof result === 'number'
    ? answer.tag === 'result' && answer.word === result
    : answer.tag === 'failed' && answer.errno === result;

type Target = Pick<Asked, 'binding' | 'procedure' | 'argument'>;

/** Which procedure is to be served next, and with what. */
const askedOf = ({ aStacks }: Lrpc, { levels, step }: Inside): Target | undefined => {
  if ('asked' in step) return step.asked;
  const level = levels.at(-1);
  const aStack = aStacks[level?.aStack ?? -1];
  if (!level || !aStack) return undefined;
  const { binding, procedure } = aStack;
  return { binding, procedure, argument: step.at === 'copy' ? aStack.argument : level.argument };
};

/** Whether the procedure that adds in the end may still come to this sum. */
const mayAddUpTo = ({ bindings, domains }: Lrpc, asked: Target, answer: LrpcAnswer): boolean => {
  if (answer.tag !== 'result') return true;
  let { binding, procedure } = asked;
  for (let depth = 0; depth < depthMax; depth++) {
    const server = domains[bindings[binding]?.server ?? -1];
    const body = server?.procedures[procedure]?.body;
    if (body?.tag === 'add') return (server?.counter ?? 0) + asked.argument <= answer.word;
    if (body?.tag !== 'forward') return true;
    ({ binding, procedure } = body);
  }
  return true;
};
