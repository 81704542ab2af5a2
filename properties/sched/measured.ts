/** What a scheduler costs, counted along random schedules: the same figures come out anywhere. */
import { Kind } from '#impl/machine/ops.ts';
import { Waiting } from '#impl/sched/pool.ts';
import { bootOf, execute, type Rig, usualLimits } from '#model/engine/explore/execution.ts';
import { randomFrom, randomStrategy } from '#model/engine/explore/random.ts';
import type { Program } from '#model/subject.ts';
import { placeOf } from '#properties/sched/replay.ts';

export interface Measured {
  /** How often a core was given to a thread, by core. */
  readonly dispatches: number[];
  /** How often that was another core than the thread's last. */
  migrations: number;
  /** Tries for a lock that somebody else held: for those of run queues, and for others. */
  queueTries: number;
  otherTries: number;
  /**
   * Accesses to what other cores have too (a queue for all, or another core's words), by a dispatcher that has put away who
   * ran before and looks for the next. Only of schedulers whose dispatcher then lets `kernel.lock` go.
   */
  foreignAccesses: number;
  interProcessorInterrupts: number;
}

const isQueueLock = (name: string): boolean => name.endsWith('queue.lock') || name.endsWith('inbox.lock');

/** A word that other cores use too. Those of threads are not meant: whoever picks a thread has to look at it. */
const isForeign = (name: string, core: number): boolean =>
  name.startsWith('queue') || (name.startsWith('core') && !name.startsWith(`core${core}.`));

/** Runs a program under so many schedules that are drawn at random, and counts; `foreignAccesses` until a thread ends. */
export const measure = (rig: Rig, program: Program, draws: number): Measured => {
  const threads = program.threads.length;
  const { names, running } = bootOf(rig, program);
  const measured: Measured = {
    dispatches: Array.from({ length: program.cores }, () => 0),
    migrations: 0,
    queueTries: 0,
    otherTries: 0,
    foreignAccesses: 0,
    interProcessorInterrupts: 0,
  };
  for (let draw = 0; draw < draws; draw++) {
    const isPicking = Array.from({ length: program.cores }, () => false);
    let foreign = 0;
    let isOver = false;
    const execution = execute(rig, program, randomStrategy(randomFrom(draw + 1), 4), usualLimits, {
      choices: null,
      ways: null,
      observer: (core, context, { kind, address, operand, site }, result) => {
        const name = kind <= Kind.swap ? (names[address] as string) : '';
        if (site === 'spinlock.acquire' && result !== 0) {
          if (isQueueLock(name)) measured.queueTries++;
          else measured.otherTries++;
        }
        if (name.endsWith('.waiting') && kind === Kind.store && operand === Waiting.forEver) isOver = true;
        if (context < threads) return;
        if (site === 'spinlock.release' && name === 'kernel.lock') isPicking[core] = true;
        else if (kind === Kind.switchTo) isPicking[core] = false;
        else if (isPicking[core] && !isOver && isForeign(name, core)) foreign++;
      },
    });
    measured.foreignAccesses += foreign;
    measured.interProcessorInterrupts += execution.costs.interProcessorInterrupts;
    const last = program.threads.map((_, id) => Math.max(0, running.indexOf(id)));
    for (const { name, word } of execution.traced) {
      if (name !== 'dispatched') continue;
      const { id, core } = placeOf(word);
      (measured.dispatches[core] as number)++;
      if (last[id] !== core) measured.migrations++;
      last[id] = core;
    }
  }
  return measured;
};
