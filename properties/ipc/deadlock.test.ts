import { describe, expect, it } from 'vitest';
import { type Claim, type Observation, observes, type Suite } from '#model/claim.ts';
import { Check } from '#model/engine/check.ts';
import { everyExecution } from '#model/engine/cores/every.ts';
import { budgets } from '#model/engine/explore/budget.ts';
import { rigFor, usualLimits } from '#model/engine/explore/execution.ts';
import { loadWorld } from '#model/engine/load/world.ts';
import { usualPlan } from '#model/engine/plan.ts';
import { observe } from '#model/engine/refine/judge.ts';
import { type Call, calls, type Parameters, program, receives, replies, ticks } from '#model/ipc/deadlock.programs.ts';
import { deadlock } from '#model/ipc/deadlock.ts';
import type { Subject } from '#model/subject.ts';
import type { DeadlockAnswer, DeadlockCall, PortId } from '#spec/abi/ipc/deadlock.ts';
import { type Deadlock, initial, outcomes, type PendingCall } from '#spec/ipc/deadlock.ts';
import { after } from '#spec/outcome.ts';

/** What threads do with timeouts, beyond what any one call does: how long they wait in vain, and whether they ever meet. */

/** A thread that makes its calls by what it was answered. */
type Member = Generator<DeadlockCall, void, DeadlockAnswer>;

/** Runs threads as far as they get, in turn, and lets the clock tick; again, so many times, or until all is as it was. */
const run = (serves: readonly PortId[], members: readonly Member[], ticksMost: number) => {
  let state: Deadlock = initial('timeouts', serves);
  const pending: (PendingCall | undefined)[] = members.map((member) => member.next().value ?? undefined);
  const seen = new Set<string>();
  for (let now = 0; now < ticksMost; now++) {
    for (let moved = true; moved; ) {
      moved = false;
      for (const [thread, member] of members.entries()) {
        const call = pending[thread];
        const outcome = call && outcomes(state, thread, call)[0];
        if (!outcome) continue;
        moved = true;
        state = after(state, outcome);
        pending[thread] = outcome.tag === 'continues' ? outcome.rest : (member.next(outcome.answer).value ?? undefined);
      }
    }
    const stand = JSON.stringify([state, pending]);
    if (seen.has(stand)) return { now, repeats: true };
    seen.add(stand);
    for (let call: PendingCall | undefined = { tag: 'tick' }; call; ) {
      const outcome: ReturnType<typeof outcomes>[number] | undefined = outcomes(state, 0, call)[0];
      if (outcome) state = after(state, outcome);
      call = outcome?.tag === 'continues' ? outcome.rest : undefined;
    }
  }
  return { now: ticksMost, repeats: false };
};

const hasTimedOut = (answer: DeadlockAnswer): boolean => answer.tag === 'failed' && answer.errno === 'ETIMEDOUT';

describe('a timeout', () => {
  /** A server that takes so many ticks for each request: it waits for a mutex that somebody holds. */
  function* slowServer(serviceTicks: number): Member {
    for (;;) {
      yield receives();
      yield { tag: 'lock', timeoutTicks: serviceTicks };
      yield replies(1);
    }
  }
  function* holder(): Member {
    yield { tag: 'lock', timeoutTicks: null };
  }
  function* client(timeoutTicks: number, tries: { made: number; served: boolean }): Member {
    for (;;) {
      tries.made++;
      if (hasTimedOut(yield calls(1, 1, timeoutTicks))) continue;
      tries.served = true;
      return;
    }
  }

  it('that is too short is tried again and again, the more often the shorter it is; one that is long enough is tried once', () => {
    const tried = [1, 2, 3, 5, 8].map((timeoutTicks) => {
      const tries = { made: 0, served: false };
      run([0, 1, 2], [client(timeoutTicks, tries), slowServer(4), holder()], 24);
      return { timeoutTicks, ...tries };
    });
    const short = tried.filter(({ timeoutTicks }) => timeoutTicks < 4);
    expect(short.every(({ served }) => !served)).toBe(true);
    expect(short.map(({ made }) => made)).toEqual(short.map(({ made }) => made).toSorted((a, b) => b - a));
    expect(tried.filter(({ timeoutTicks }) => timeoutTicks > 4)).toEqual([
      { timeoutTicks: 5, made: 1, served: true },
      { timeoutTicks: 8, made: 1, served: true },
    ]);
  });

  it('of so many ticks finds a server that is dead after so many', () => {
    const delays = [1, 2, 4, 8, 16].map((timeoutTicks) => {
      let answered = false;
      function* patient(): Member {
        answered = hasTimedOut(yield calls(1, 1, timeoutTicks));
      }
      function* dead(): Member {}
      let delay = 0;
      for (; !answered; delay++) run([0, 1], [patient(), dead()], delay + 1);
      return delay - 1;
    });
    expect(delays).toEqual([1, 2, 4, 8, 16]);
  });
});

describe('a ring whose members all time out', () => {
  /** Calls the next one; when time is up, serves others for some ticks, and calls again. */
  function* member(next: PortId, backOffTicks: number, tally: { replied: number }): Member {
    for (;;) {
      if (!hasTimedOut(yield calls(next, 1, 1))) {
        tally.replied++;
        return;
      }
      for (;;) {
        if (hasTimedOut(yield receives(backOffTicks))) break;
        yield replies(2);
      }
    }
  }
  const ring = (backOffTicks: readonly number[]) => {
    const tally = { replied: 0 };
    const members = backOffTicks.map((ticks, id) => member((id + 1) % backOffTicks.length, ticks, tally));
    return { ...run([0, 1, 2], members, 100), ...tally };
  };

  it('at the same moment, and try again at the same moment, is a livelock: all comes round, and nobody was ever answered', () => {
    expect(ring([1, 1, 1])).toEqual({ now: 2, repeats: true, replied: 0 });
    expect(ring([3, 3, 3])).toMatchObject({ repeats: true, replied: 0 });
  });

  it('ends if they serve for different times before they try again', () => {
    expect(ring([1, 2, 3]).replied).toBeGreaterThan(0);
  });

  const judged = async (name: string, threads: readonly (readonly DeadlockCall[])[]) => {
    const claim = observes(
      'somebody is replied to, unless somebody still waits for a tick',
      ({ end, calls: seen }: Observation<PendingCall, DeadlockAnswer>) =>
        end !== 'quiescent' ||
        seen.some(({ answer }) => answer?.tag === 'replied') ||
        seen.some(({ call, answer }) => !answer && 'timeoutTicks' in call && call.timeoutTicks !== null),
    ) as Claim;
    const subject = {
      ...deadlock,
      scenarios: () => [{ name, program: program('timeouts', threads) }],
    } as unknown as Subject;
    const suite: Suite = { subject, claims: [claim] };
    const world = await loadWorld({ tag: 'ours', module: 'ipc/deadlock.ts', edits: [] }, deadlock.exports);
    const budget = { ...budgets.quick, programs: 0, looks: 0 };
    const plan = { ...usualPlan, suite, variant: 'timeouts', world, claims: [claim], budget, seed: 1 };
    const check = new Check({ ...plan, implementation: { tag: 'reference' } });
    for (const _ of check.run());
    return check.results().claims[0]?.verdict.tag;
  };

  it('on the machine, may all fail twice in step', async () => {
    const [first, second] = [calls(1, 5, 1), calls(0, 6, 1)];
    expect(
      await judged('in step', [
        [first, first],
        [second, second],
        [ticks, ticks],
      ]),
    ).toBe('refuted');
  });

  it('on the machine, succeeds in every execution if one of them serves before it tries again', async () => {
    const threads = [[calls(1, 5, 1), calls(1, 5)], [calls(0, 6, 1), receives(), replies(7)], [ticks]];
    expect(await judged('in order', threads)).toBe('holds');
  });
});

describe('the two implementations', () => {
  /** All that the threads may be told, over every execution. */
  const told = async (variant: string, threads: readonly (readonly DeadlockCall[])[]) => {
    const module = deadlock.variants.find(({ name }) => name === variant)?.module ?? '';
    const world = await loadWorld({ tag: 'ours', module, edits: [] }, deadlock.exports);
    const rig = rigFor(deadlock as unknown as Subject<unknown, Call, unknown, Parameters>, variant, world);
    const all = new Set<string>();
    const executions = everyExecution(rig as never, program(variant, threads) as never, usualLimits, 20_000);
    let next = executions.next();
    for (; !next.done; next = executions.next()) {
      all.add(
        JSON.stringify(
          observe(next.value)
            .calls.toSorted((a, b) => a.thread - b.thread)
            .map(({ answer }) => answer),
        ),
      );
    }
    expect(next.value.bound).toBeNull();
    return [...all].sort();
  };

  it.each([
    ['a call and its reply', [[calls(1, 5)], [receives(), replies(6)]], 1],
    ['a request that meets the clock', [[calls(1, 5, 1)], [ticks, receives(0), replies(6)]], 3],
    ['a ring of two', [[calls(1, 5)], [calls(0, 6)]], 1],
  ] as const)('tell threads the same, in all executions of %s', async (_name, threads, least) => {
    const plain = await told('big-lock', threads);
    expect(plain.length).toBeGreaterThanOrEqual(least);
    expect(await told('timeouts', threads)).toEqual(plain);
  });
});
