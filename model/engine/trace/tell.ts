import { Kind } from '#impl/machine/ops.ts';
import type { Counterexample } from '#model/counterexample.ts';
import { type Execution, execute, type Rig } from '#model/engine/explore/execution.ts';
import { replayStrategy } from '#model/engine/explore/replay.ts';
import { explain } from '#model/engine/refine/concurrent.ts';
import type { SpecStep } from '#model/engine/refine/question.ts';
import { SpecGraph } from '#model/engine/refine/spec-graph.ts';
import { tellCulprits } from '#model/engine/trace/culprits.ts';
import { describe } from '#model/engine/trace/describe.ts';
import { type Access, type Recorded, record } from '#model/engine/trace/record.ts';
import { spansOf } from '#model/engine/trace/spans.ts';
import type { Story, StoryStep, StoryThread, Told } from '#model/engine/trace/story.ts';
import { drainedAfter, messageTeller, missingEdges, weaknessOf } from '#model/engine/trace/weak.ts';
import type { AnyCall } from '#model/subject.ts';
import type { Violation } from '#model/verdict.ts';

/** Runs a counterexample again, without looking. */
export const rerun = (rig: Rig, counterexample: Counterexample): Execution =>
  execute(rig, counterexample.program, replayStrategy(counterexample.schedule), counterexample.limits);

/** An execution to be told: a counterexample, or one that contradicts nothing. */
export type Tellable = Pick<
  Counterexample,
  'subject' | 'variant' | 'sentence' | 'implementation' | 'program' | 'schedule' | 'limits' | 'pair' | 'story'
> & { readonly violation: Violation | null };

/** Runs it (again) and tells what happened. The same file and code give the same story. */
export const tell = (rig: Rig, tellable: Tellable): Story => {
  const { program, schedule, limits, violation, pair } = tellable;
  const words = sharedWords(record(rig, program, schedule, limits));
  const recorded = record(rig, program, schedule, limits, limits.memory === 'sc' ? [] : words);
  const { execution } = recorded;
  const names = words.map((address) => execution.booted.names[address] as string);
  const event = violation?.event ?? execution.history.length;
  const divergence = violation ? divergenceStep(execution, event) : execution.steps + 1;
  const spec = specStates(rig, execution, event);
  const atBoot = words.map((address) => execution.booted.image[address] as number);
  const steps = tellSteps(rig, recorded, words, atBoot, spec, divergence);
  return {
    subject: tellable.subject,
    variant: tellable.variant,
    sentence: tellable.sentence,
    implementation: showImplementation(tellable),
    violation,
    size: tellable.story,
    cores: execution.booted.running.length,
    memory: limits.memory,
    threads: tellThreads(rig, execution),
    steps,
    spans: spansOf(recorded),
    divergence,
    culprits: pair ? tellCulprits(recorded, pair, execution.booted.names) : undefined,
    missingEdges: missingEdges(recorded),
    words: names,
    specAtBoot: spec.atBoot,
    wordsAtBoot: atBoot,
  };
};

/** Whose code it is, and where it was made weaker than it says. */
const showImplementation = (tellable: Tellable): string => {
  const { weakening } = tellable.limits;
  if (!weakening) return nameOf(tellable);
  const instead = weakening.to === 'none' ? 'left out' : `made ${weakening.to}`;
  return `${nameOf(tellable)} with ${weakening.site} (${weakening.from}) ${instead}`;
};

const nameOf = ({ implementation }: Tellable): string => {
  switch (implementation.tag) {
    case 'reference':
      return 'the reference';
    case 'mutant':
      return `mutant ${implementation.id}`;
    case 'file':
      return implementation.path;
  }
};

const tellThreads = (rig: Rig, { program, history }: Execution): StoryThread[] =>
  program.threads.flatMap((calls, id) => {
    if (calls.length === 0) return [];
    const told = calls.map((call, index) => {
      const answer = history.find((e) => e.tag === 'answer' && e.thread === id && e.index === index);
      const shown = answer?.tag === 'answer' ? rig.subject.showAnswer(answer.answer) : undefined;
      return { call: rig.subject.showCall(call), answer: shown };
    });
    return [{ id, name: `T${id}`, calls: told }];
  });

/** Words that are written and that more than one thread accesses; a dispatcher counts where the memory was weak. */
const sharedWords = (recorded: Recorded): number[] => {
  const { accesses, execution } = recorded;
  const users = new Map<number, Set<number>>();
  const written = new Set<number>();
  const weak = new Set(accesses.map((access) => weaknessOf(access, recorded) && access.address));
  for (const access of accesses) {
    if (access.address === null) continue;
    if (access.context >= execution.program.threads.length && !weak.has(access.address)) continue;
    users.set(access.address, (users.get(access.address) ?? new Set()).add(access.context));
    if (access.isWrite) written.add(access.address);
  }
  return [...users]
    .filter(([address, contexts]) => contexts.size > 1 && written.has(address))
    .map(([address]) => address)
    .sort((a, b) => a - b);
};

const divergenceStep = (execution: Execution, event: number): number =>
  execution.history[event]?.step ?? execution.steps;

/** The spec's state after each history event, along one explanation of all that can be explained. */
const specStates = (
  rig: Rig,
  execution: Execution,
  event: number,
): { atBoot: string; after(event: number): string | null } => {
  const { subject, variant } = rig;
  const graph = new SpecGraph(subject);
  const { program, history } = execution;
  const sound = history.slice(0, event);
  const initial = graph.states.number(
    subject.initial(variant, program.parameters, program.threads.length, program.cores),
  );
  const show = (state: number): string => subject.showState(graph.states.value(state));
  const explanation = explain(graph, variant, { program, history: sound }, 'answers');
  const steps: readonly SpecStep[] = explanation.tag === 'explained' ? explanation.steps : [];
  const states = [initial];
  for (let i = 0; i < sound.length; i++) {
    const last = steps.findLast((step) => step.after < i);
    states.push(last?.state ?? initial);
  }
  return {
    atBoot: show(initial),
    after: (i) => (states[i + 1] === undefined ? null : show(states[i + 1] as number)),
  };
};

const accessOf = ({ kind, isWrite }: Access): StoryStep['access'] =>
  !isWrite ? 'read' : kind === Kind.store ? 'write' : 'update';

/** What was told after a step; after the first one, also what was told before it. */
const toldAfter = (step: number, { traced, program }: Execution, { subject }: Rig): Told[] =>
  traced.flatMap(({ step: after, core, context, name, word }) => {
    if (Math.max(after, 1) !== step) return [];
    return [
      {
        core,
        thread: context < program.threads.length ? context : null,
        text: subject.showTraced?.(name, word) ?? `${name}: ${word}`,
      },
    ];
  });

const tellSteps = (
  rig: Rig,
  recorded: Recorded,
  words: readonly number[],
  atBoot: readonly number[],
  spec: ReturnType<typeof specStates>,
  divergence: number,
): StoryStep[] => {
  const { accesses, execution, timers } = recorded;
  const { history, program } = execution;
  const messagesAfter = messageTeller(recorded, words);
  let values = [...atBoot];
  let lastEvent = -1;
  return accesses.map((access, i) => {
    const events = history.flatMap((event, index) => (event.step === access.step ? [{ event, index }] : []));
    const invoked = events.find(({ event }) => event.tag === 'invoke')?.event;
    const answered = events.find(({ event }) => event.tag === 'answer')?.event;
    lastEvent = events.at(-1)?.index ?? lastEvent;
    const place = access.address === null ? -1 : words.indexOf(access.address);
    for (const { storeStep } of drainedAfter(access.step - 1, recorded)) {
      const { address, written } = accesses[storeStep - 1] as Access;
      values = values.map((value, word) => (words[word] === address ? written : value));
    }
    if (place >= 0) values = values.with(place, access.valueAfter);
    const call = invoked ? (program.threads[invoked.thread]?.[invoked.index] as AnyCall) : undefined;
    const isTimer = timers.has(access.step - 1);
    const touches = place >= 0 && access.kind <= Kind.awaitWord;
    const weak = weaknessOf(access, recorded);
    return {
      step: access.step,
      core: access.core,
      thread: access.context < program.threads.length ? access.context : null,
      text: call ? 'calls' : describe(access, recorded),
      site: access.site,
      call: call ? rig.subject.showCall(call) : undefined,
      answer: answered?.tag === 'answer' ? rig.subject.showAnswer(answered.answer) : undefined,
      isSwitch: isTimer || (i > 0 && accesses[i - 1]?.core !== access.core),
      isTimer,
      matters:
        events.length > 0 ||
        access.kind === Kind.switchTo ||
        (access.context < program.threads.length && place >= 0) ||
        weak !== null,
      spec: access.step > divergence ? null : lastEvent < 0 ? spec.atBoot : spec.after(lastEvent),
      words: values,
      word: touches ? place : null,
      access: touches ? accessOf(access) : null,
      weak,
      space: access.space < 0 ? null : access.space,
      traced: toldAfter(access.step, execution, rig),
      drained: drainedAfter(access.step, recorded),
      messages: messagesAfter(access),
    };
  });
};
