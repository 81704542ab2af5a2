import { isDeepStrictEqual } from 'node:util';
import type { Fault } from '#impl/machine/fault.ts';
import type { RacingAccess } from '#impl/machine/memory/memory.ts';
import type { Claim, Observation } from '#model/claim.ts';
import type { Execution } from '#model/engine/explore/execution.ts';
import { type Explanation, explain, findDivergence } from '#model/engine/refine/concurrent.ts';
import type { SpecGraph } from '#model/engine/refine/spec-graph.ts';
import type { AnyCall } from '#model/subject.ts';
import type { Violation } from '#model/verdict.ts';

/** An execution under judgement: what several claims want to know is found out once, and only if asked for. */
export class Judgement {
  readonly graph: SpecGraph;
  readonly variant: string;
  readonly execution: Execution;
  #answers: Explanation | undefined;
  #rest: Explanation | undefined;
  #meaning: Explanation | undefined;
  #observation: Observation | undefined;

  constructor(graph: SpecGraph, variant: string, execution: Execution) {
    this.graph = graph;
    this.variant = variant;
    this.execution = execution;
  }

  /** How the spec explains the answers and, if the machine stopped, why nobody goes on. */
  get rest(): Explanation {
    if (this.execution.end !== 'quiescent') return this.answers;
    this.#rest ??= explain(this.graph, this.variant, this.execution, 'answers and rest');
    return this.#rest;
  }

  /** How the spec explains that too, in a state that the machine's words mean, where we know what they mean. */
  get meaning(): Explanation {
    if (this.execution.end !== 'quiescent') return this.answers;
    if (!this.graph.subject.abstract) return this.rest;
    this.#meaning ??= explain(this.graph, this.variant, this.execution, 'answers and rest', (state) => {
      const value = this.graph.states.value(state);
      const abstract = this.abstract(value);
      return abstract === undefined || isDeepStrictEqual(abstract, value);
    });
    return this.#meaning;
  }

  /** What the words mean at the end; the spec's state `before` says what they leave open. */
  abstract(before: unknown): unknown {
    const { booted, latest } = this.execution;
    return this.graph.subject.abstract?.(booted.layouts[0], latest, before);
  }

  /** How the spec explains the answers. */
  get answers(): Explanation {
    if (this.execution.end === 'quiescent') {
      if (this.meaning.tag === 'explained') return this.meaning;
      if (this.rest.tag === 'explained' || this.#isAllAnswered) return this.rest;
    }
    this.#answers ??= explain(this.graph, this.variant, this.execution, 'answers');
    return this.#answers;
  }

  /** Then nobody is left of whom more is demanded: what does not explain that the machine rests explains no answers. */
  get #isAllAnswered(): boolean {
    const { history } = this.execution;
    return (
      history.filter(({ tag }) => tag === 'invoke').length === history.filter(({ tag }) => tag === 'answer').length
    );
  }

  get observation(): Observation {
    this.#observation ??= observe(this.execution);
    return this.#observation;
  }
}

/** An execution from outside. */
export const observe = (execution: Execution): Observation => {
  const { program, history, costs, traced, end } = execution;
  const calls = history.flatMap((event) => {
    if (event.tag !== 'invoke') return [];
    const answer = history.find((e) => e.tag === 'answer' && e.thread === event.thread && e.index === event.index);
    return [
      {
        thread: event.thread,
        call: program.threads[event.thread]?.[event.index] as AnyCall,
        answer: answer?.tag === 'answer' ? answer.answer : undefined,
        invokedStep: event.step,
        answeredStep: answer?.step,
      },
    ];
  });
  return { program, calls, costs, traced, end };
};

/** Whether the execution satisfies the claim: undefined if so. States already known to satisfy it are in `fine`. */
export const judge = (claim: Claim, judgement: Judgement, fine: Set<number>): Violation | undefined => {
  const { execution } = judgement;
  const end = execution.history.length;
  switch (claim.tag) {
    case 'refines':
    case 'sometimes':
    case 'ordering':
      return undefined;
    case 'linearizes':
      return judgement.answers.tag === 'explained' ? wrongState(judgement, false) : wrongAnswer(judgement);
    case 'progress':
      return lackOfProgress(judgement);
    case 'faultless':
      return execution.fault
        ? { kind: 'fault', event: end, expected: 'knows no faults', observed: showFault(execution.fault, execution) }
        : undefined;
    case 'always':
    case 'never':
      return brokenInvariant(claim, judgement, fine);
    case 'costs':
    case 'observes':
      if (claim.holds(judgement.observation)) return undefined;
      return {
        kind: claim.tag === 'costs' ? 'too expensive' : 'wrong history',
        event: end,
        expected: `demands: ${claim.sentence}`,
        observed: claim.tag === 'costs' ? `cost ${JSON.stringify(execution.costs)}` : 'gave a history that breaks this',
      };
  }
};

/** Whether some state of the execution satisfies a `sometimes` claim. */
export const finds = (claim: Claim, judgement: Judgement): boolean =>
  claim.tag === 'sometimes' && statesOf(judgement).some((state) => claim.holds(judgement.graph.states.value(state)));

const statesOf = (judgement: Judgement): number[] => {
  const { answers, graph, execution, variant } = judgement;
  if (answers.tag === 'unexplained') return [];
  const { initial } = graph.program(variant, execution.program);
  return [initial, ...answers.steps.map((step) => step.state)];
};

const brokenInvariant = (
  claim: Extract<Claim, { tag: 'always' | 'never' }>,
  judgement: Judgement,
  fine: Set<number>,
): Violation | undefined => {
  const steps = judgement.answers.tag === 'explained' ? judgement.answers.steps : [];
  for (const [index, state] of statesOf(judgement).entries()) {
    if (fine.has(state)) continue;
    const value = judgement.graph.states.value(state);
    if (claim.holds(value) === (claim.tag === 'always')) {
      fine.add(state);
      continue;
    }
    return {
      kind: 'broken invariant',
      event: Math.max(steps[index - 1]?.after ?? 0, 0),
      expected: `demands ${claim.tag}: ${claim.sentence}`,
      observed: `came to the state ${judgement.graph.subject.showState(value)}`,
    };
  }
  return undefined;
};

const wrongAnswer = ({ graph, variant, execution }: Judgement): Violation => {
  const { event, allowed } = findDivergence(graph, variant, execution);
  const told = execution.history[event];
  const shown = allowed.map((answer) => graph.subject.showAnswer(answer));
  return {
    kind: 'wrong answer',
    event,
    expected: shown.length > 0 ? `allows here: ${shown.join(' or ')}` : 'makes the call wait here',
    observed: told?.tag === 'answer' ? `answered ${graph.subject.showAnswer(told.answer)}` : 'went on',
  };
};

const lackOfProgress = (judgement: Judgement): Violation | undefined => {
  const { execution, graph, variant } = judgement;
  const { end, history, program } = execution;
  if (end === 'livelock') {
    return {
      kind: 'livelock',
      event: history.length,
      expected: 'lets somebody be answered, or everybody wait',
      observed: 'steps on and on, each core in its turn, and answers nobody',
    };
  }
  if (end !== 'quiescent' || judgement.answers.tag === 'unexplained') return undefined; // a wrong answer is another matter
  const idle = neverWaiting(execution);
  if (judgement.rest.tag === 'explained' && idle.length === 0) return wrongState(judgement, true);
  const last = judgement.answers.steps.at(-1)?.state ?? graph.program(variant, program).initial;
  const waiting = execution.blocked.map(({ context, spinsOn, call }) => {
    const how = spinsOn === null ? 'sleeps for ever' : `spins for ever on ${execution.booted.names[spinsOn]}`;
    const within = call === null ? '' : ` in ${graph.subject.showCall(program.threads[context]?.[call] as AnyCall)}`;
    return `${nameOf(context, execution)} ${how}${within}`;
  });
  const unserved = idle.filter((context) => !execution.blocked.some((blocked) => blocked.context === context));
  return {
    kind: execution.blocked.some((blocked) => blocked.spinsOn !== null) ? 'deadlock' : 'lost wakeup',
    event: history.length,
    expected: `lets one of them go on (its state: ${graph.subject.showState(graph.states.value(last))})`,
    observed: `has stopped: ${[...waiting, ...unserved.map((thread) => `T${thread} could run and never does`)].join('; ')}`,
  };
};

/**
 * All is explained but what the words mean in the end. If by them a waiting call could go on, a wakeup was lost, which
 * some answer that leaves much open had hidden (`isWakeup`); else something was stored that should not have been, or
 * the other way round.
 */
const wrongState = (judgement: Judgement, isWakeup: boolean): Violation | undefined => {
  const { execution, graph, variant } = judgement;
  const { end, history, program } = execution;
  if (end !== 'quiescent' || judgement.rest.tag === 'unexplained' || judgement.meaning.tag === 'explained') {
    return undefined;
  }
  const state = judgement.rest.steps.at(-1)?.state ?? graph.program(variant, program).initial;
  const before = graph.states.value(state);
  const abstract = judgement.abstract(before);
  const ready = execution.blocked.flatMap(({ context, call }) => {
    const pending = call === null ? undefined : program.threads[context]?.[call];
    return pending && graph.subject.outcomes(abstract, context, pending).length > 0 ? [{ context, pending }] : [];
  });
  if (isWakeup !== ready.length > 0) return undefined;
  const { subject } = graph;
  const waiting = ready.map(({ context, pending }) => `T${context} sleeps for ever in ${subject.showCall(pending)}`);
  return isWakeup
    ? {
        kind: 'lost wakeup',
        event: history.length,
        expected: `lets one of them go on, if the state is what the words mean: ${subject.showState(abstract)}`,
        observed: `has stopped: ${waiting.join('; ')}`,
      }
    : {
        kind: 'wrong state',
        event: history.length,
        expected: `ends in the state ${subject.showState(before)}`,
        observed: `ends with words that mean ${subject.showState(abstract)}`,
      };
};

/**
 * Contexts that can have nothing to wait for when the machine has stopped, whatever the spec says: what spins for ever
 * though it is in no call, and threads that have calls left to make and are in none, so that no core took them up.
 */
const neverWaiting = ({ program, history, blocked }: Execution): number[] => {
  const spinning = blocked.filter(({ call }) => call === null).map(({ context }) => context);
  const unserved = [...program.threads.keys()].filter((thread) => {
    const last = history.findLast((event) => event.thread === thread);
    const made = last ? last.index + 1 : 0;
    return last?.tag !== 'invoke' && made < (program.threads[thread]?.length ?? 0) && !spinning.includes(thread);
  });
  return [...spinning, ...unserved];
};

const nameOf = (context: number, execution: Execution): string => {
  const threads = execution.program.threads.length;
  return context < threads ? `T${context}` : `the dispatcher of core ${context - threads}`;
};

const at = ({ site }: RacingAccess): string => (site === undefined ? '' : ` (at ${site})`);
const doing = ({ isWrite, order }: RacingAccess): string => `${isWrite ? 'writes' : 'reads'} (${order})`;
const done = ({ isWrite, order }: RacingAccess): string => `${isWrite ? 'wrote' : 'read'} (${order})`;

/** A fault as a sentence. */
export const showFault = (fault: Fault, execution: Execution): string => {
  const who = nameOf(fault.context, execution);
  const word = (address: number): string => execution.booted.names[address] ?? `address ${address}`;
  switch (fault.tag) {
    case 'bad address':
      return `faulted: ${who} accessed ${word(fault.address)}, which is no memory`;
    case 'use after free':
      return `faulted: ${who} accessed ${word(fault.address)} after it was freed`;
    case 'not free':
      return `faulted: ${who} allocated ${word(fault.address)}, which is in use`;
    case 'double free':
      return `faulted: ${who} freed ${word(fault.address)}, which is free`;
    case 'data race': {
      const { first, second } = fault;
      return `raced: ${who}${at(second)} ${doing(second)} ${word(fault.address)}, and nothing orders that after core ${first.core}, which ${done(first)} it${at(first)}: no acquire on core ${second.core} has seen a release of core ${first.core} made since`;
    }
    case 'running context resumed':
      return `faulted: ${who} resumed ${nameOf(fault.resumed, execution)}, which still runs on another core`;
    case 'unmasked too often':
      return `faulted: ${who} unmasked interrupts that were not masked`;
    case 'not a word':
      return `faulted: ${who} used ${fault.given} where a word is needed`;
    case 'routine ended':
      return `faulted: ${who} ran off its end`;
    case 'endless local steps':
      return `faulted: ${who} took 10000 local steps without touching shared memory`;
    case 'floating micro-op':
      return `faulted: ${who} made a micro-op and did not yield it`;
    case 'panic':
      return `panicked: ${who}: ${fault.why}`;
    case 'exception':
      return `threw: ${who}: ${fault.message}`;
  }
};
