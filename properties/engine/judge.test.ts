import { beforeAll, describe, expect, it } from 'vitest';
import { awaitWord, panic, pause, type Routine, type Word } from '#impl/machine/ops.ts';
import {
  always,
  type Claim,
  costs,
  faultless,
  linearizes,
  never,
  observes,
  progress,
  sometimes,
} from '#model/claim.ts';
import {
  type Execution,
  execute,
  type Limits,
  type Rig,
  rigFor,
  usualLimits,
} from '#model/engine/explore/execution.ts';
import { replayStrategy } from '#model/engine/explore/replay.ts';
import type { Strategy } from '#model/engine/explore/strategy.ts';
import { loadWorld } from '#model/engine/load/world.ts';
import { finds, Judgement, judge } from '#model/engine/refine/judge.ts';
import { SpecGraph } from '#model/engine/refine/spec-graph.ts';
import type { Program } from '#model/subject.ts';
import type { Violation } from '#model/verdict.ts';
import { programOf, rigOf, type Tiny } from '#properties/engine/tiny.ts';
import { atomicCounter, increment, racyCounter, twoLocks } from '#properties/engine/tiny-subjects.ts';
import { returns, waits } from '#spec/outcome.ts';

/** Each kind of claim, on an execution that satisfies it and on one that does not. */

const calm = replayStrategy([]);
const run = (rig: Rig, program: Program, schedule = calm, limits: Limits = usualLimits): Execution =>
  execute(rig, program, schedule, limits);

const judged = (rig: Rig, claim: Claim, execution: Execution): Violation | undefined =>
  judge(claim, new Judgement(new SpecGraph(rig.subject), rig.variant, execution), new Set());

/** Core 1 steps in between step `from` and its own end. */
const between = (from: number): Strategy => ({
  way: () => 0,
  choose: ({ step, enabled, default: usual }) => (step >= from && (enabled & 2) !== 0 ? 1 : usual),
});

const twice = programOf([[increment()], [increment()]]);
const call = { tag: 'call' };

describe('a judgement', () => {
  let atomic: Rig;
  let racy: Rig;
  beforeAll(async () => {
    atomic = await rigOf(atomicCounter);
    racy = await rigOf(racyCounter);
  });

  it('of answers refutes those that no order of the calls gives, and names what was allowed', () => {
    expect(judged(atomic, linearizes(), run(atomic, twice))).toBeUndefined();
    const lost = run(racy, twice, between(2)); // T0 has begun and loaded; its store comes after all of T1
    expect(judged(racy, linearizes(), lost)).toEqual({
      kind: 'wrong answer',
      event: 3,
      expected: 'allows here: 1',
      observed: 'answered 0',
    });
  });

  it('searches once where nobody waits, and again where somebody may wait wrongly', async () => {
    const search = (rig: Rig, program: Program, schedule = calm): Judgement =>
      new Judgement(new SpecGraph(rig.subject), rig.variant, run(rig, program, schedule));
    const lost = search(racy, twice, between(2));
    expect(lost.rest).toEqual({ tag: 'unexplained' });
    expect(lost.answers).toBe(lost.rest);
    expect(lost.meaning).toBe(lost.rest); // nobody knows what the words mean
    const crosswise = await rigOf(twoLocks);
    const stuck = search(crosswise, programOf([[{ tag: 'both', first: 0 }], [{ tag: 'both', first: 1 }]]), between(2));
    expect(stuck.rest).toEqual({ tag: 'unexplained' });
    expect(stuck.answers.tag).toBe('explained');
  });

  it('is the same when what may be done was forgotten, and that is forgotten only where a program begins', () => {
    const [all, none] = [new SpecGraph(racy.subject), new SpecGraph(racy.subject, 0)];
    const both = [all, none];
    const judgedIn = (graph: SpecGraph, execution: Execution): Violation | undefined =>
      judge(linearizes(), new Judgement(graph, racy.variant, execution), new Set());
    const programs = [twice, programOf([[increment()], [increment(), increment(2)]])];
    let refuted = 0;
    for (const program of programs) {
      for (let from = 0; from < 10; from++) {
        const execution = run(racy, program, between(from));
        const [expected, found] = both.map((graph) => judgedIn(graph, execution));
        expect({ from, found }).toEqual({ from, found: expected });
        if (found) refuted++;
      }
    }
    expect(refuted).toBe(2); // an update is lost in one schedule of each
    expect(none.computed).toBeGreaterThan(all.computed); // the second program forgets what the first has met
    const { computed } = none;
    for (let from = 0; from < 10; from++) judgedIn(none, run(racy, programs[1] as Program, between(from)));
    expect(none.computed).toBe(computed); // it is not new
  });

  it('of states looks at every one that the execution passes through', () => {
    type State = { count: number };
    const execution = run(atomic, twice);
    const small = always<State>('at most 2', ({ count }) => count <= 2) as Claim;
    const smaller = always<State>('at most 1', ({ count }) => count <= 1) as Claim;
    const notOne = never<State>('1', ({ count }) => count === 1) as Claim;
    const notThree = never<State>('3', ({ count }) => count === 3) as Claim;
    expect(judged(atomic, small, execution)).toBeUndefined();
    expect(judged(atomic, notThree, execution)).toBeUndefined();
    expect(judged(atomic, smaller, execution)).toMatchObject({ kind: 'broken invariant' });
    expect(judged(atomic, notOne, execution)).toMatchObject({ kind: 'broken invariant' });
    const judgement = new Judgement(new SpecGraph(atomic.subject), 'only', execution);
    expect(finds(sometimes<State>('is 1', ({ count }) => count === 1) as Claim, judgement)).toBe(true);
    expect(finds(sometimes<State>('is 0', ({ count }) => count === 0) as Claim, judgement)).toBe(true);
    expect(finds(sometimes<State>('is 3', ({ count }) => count === 3) as Claim, judgement)).toBe(false);
  });

  it('of costs and histories asks the claim', () => {
    const execution = run(atomic, twice);
    const switches = (most: number): Claim => costs('few switches', (seen) => seen.costs.steps < most) as Claim;
    expect(judged(atomic, switches(1000), execution)).toBeUndefined();
    expect(judged(atomic, switches(1), execution)).toMatchObject({ kind: 'too expensive' });
    const answers = (count: number): Claim =>
      observes(
        'all answered',
        (seen) => seen.calls.filter(({ answer }) => answer !== undefined).length === count,
      ) as Claim;
    expect(judged(atomic, answers(2), execution)).toBeUndefined();
    expect(judged(atomic, answers(3), execution)).toMatchObject({ kind: 'wrong history' });
  });

  it('of faults tells them from sound ends', async () => {
    const panics: Tiny<null, typeof call> = {
      initial: null,
      outcomes: () => returns(0),
      *perform(): Routine<Word> {
        yield panic('as planned');
        return 0;
      },
    };
    const rig = await rigOf(panics);
    expect(judged(rig, faultless(), run(rig, programOf([[call]])))).toMatchObject({
      kind: 'fault',
      observed: 'panicked: T0: as planned',
    });
    expect(judged(atomic, faultless(), run(atomic, twice))).toBeUndefined();
  });
});

describe('a judgement of progress', () => {
  it('calls locks taken crosswise a deadlock', async () => {
    const rig = await rigOf(twoLocks);
    const crosswise = programOf([[{ tag: 'both', first: 0 } as const], [{ tag: 'both', first: 1 } as const]]);
    expect(judged(rig, progress(), run(rig, crosswise))).toBeUndefined();
    const stuck = run(rig, crosswise, between(2)); // T0 holds its first lock
    expect(judged(rig, progress(), stuck)).toMatchObject({ kind: 'deadlock' });
  });

  it('calls a loop without an answer a livelock, and only if it is one', async () => {
    const loops = (rounds: number): Tiny<null, typeof call> => ({
      initial: null,
      outcomes: () => returns(0),
      *perform(): Routine<Word> {
        for (let i = 0; i < rounds; i++) yield pause();
        return 0;
      },
    });
    const kindOf = async (rounds: number) => {
      const rig = await rigOf(loops(rounds));
      return judged(rig, progress(), run(rig, programOf([[call], [call]])))?.kind;
    };
    expect(await kindOf(Number.POSITIVE_INFINITY)).toBe('livelock');
    expect(await kindOf(1000)).toBeUndefined();
  });

  it('lets a call wait that the spec makes wait, and no other', async () => {
    const kindOf = async (outcomes: Tiny<null, typeof call>['outcomes']) => {
      const { rig, execution } = await asleep(outcomes);
      expect(execution.blocked).toEqual([{ context: 0, spinsOn: 1, call: 0 }]);
      return judged(rig, progress(), { ...execution, blocked: [{ context: 0, spinsOn: null, call: 0 }] })?.kind;
    };
    expect(await kindOf(() => waits)).toBeUndefined();
    expect(await kindOf(() => returns(0))).toBe('lost wakeup');
  });

  it('finds a thread that no core takes up, though none of its calls has begun', async () => {
    const edits = [
      {
        file: 'impl/sync/dispatcher.ts',
        from: '      const id = (from + i) % threads;\n',
        to: '      const id = (from + i) % threads;\n      if (id === 2) continue;\n',
      },
    ];
    const { subject } = await rigOf(atomicCounter);
    const world = await loadWorld({ tag: 'ours', module: 'sync/sleep-wakeup.ts', edits }, []);
    const forgetful = rigFor(subject, 'only', world);
    const program = programOf([[increment()], [increment()], [increment()]], 2);
    const execution = run(forgetful, program);
    expect(execution.end).toBe('quiescent');
    expect(execution.history.length).toBe(4);
    expect(judged(forgetful, linearizes(), execution)).toBeUndefined();
    expect(judged(forgetful, progress(), execution)).toMatchObject({
      kind: 'lost wakeup',
      observed: 'has stopped: T2 could run and never does',
    });
    const sound = await rigOf(atomicCounter);
    expect(judged(sound, progress(), run(sound, program))).toBeUndefined();
  });

  it('finds a core that spins for ever though it is in no call', async () => {
    const rig = await rigOf(atomicCounter);
    const execution = run(rig, twice);
    expect(judged(rig, progress(), execution)).toBeUndefined();
    const spinning = { ...execution, blocked: [{ context: 2, spinsOn: 1, call: null }] };
    expect(judged(rig, progress(), spinning)).toMatchObject({
      kind: 'deadlock',
      observed: 'has stopped: the dispatcher of core 0 spins for ever on wait_lock',
    });
  });
});

/** An execution in which T0 waits for ever, under a spec that says whether it may. */
const asleep = async (outcomes: Tiny<null, typeof call>['outcomes']) => {
  const rig = await rigOf<null, typeof call>({
    initial: null,
    outcomes,
    *perform(): Routine<Word> {
      yield awaitWord(1, 7, 'relaxed'); // the first word there is: nobody writes 7 there
      return 0;
    },
  });
  return { rig, execution: run(rig, programOf([[call]])) };
};
