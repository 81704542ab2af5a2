/** What a scheduler's tracepoints tell, followed event by event: who runs where, who could run, and who cannot. */
import type { Traced } from '#impl/machine/machine.ts';
import type { Observation, ObservedCall } from '#model/claim.ts';
import type { Call, Parameters } from '#model/sched/scheduler.programs.ts';
import type { SchedulerAnswer } from '#spec/abi/sched/scheduler.ts';
import type { ThreadId } from '#spec/abi.ts';

export type Run = Observation<Call, SchedulerAnswer, Parameters>;

export interface Tracked {
  state: 'running' | 'ready' | 'blocked';
  /** Where it runs, waits, or ran last. */
  core: number;
  priority: number;
  mask: number;
}

export interface Scene {
  readonly threads: readonly Tracked[];
  /** Who runs on each core; null: its dispatcher. */
  readonly current: (ThreadId | null)[];
  /** Whether each core looks for work, or sleeps because there is none; and whether it has come to sleep. */
  readonly asleep: boolean[];
  readonly halted: boolean[];
}

/** A tracepoint's word: a thread, a core, and a priority or a length. */
export const placeOf = (word: number): { readonly id: ThreadId; readonly core: number; readonly more: number } => ({
  id: word & 15,
  core: (word >> 4) & 15,
  more: word >> 8,
});

export const has = (mask: number, core: number): boolean => ((mask >> core) & 1) === 1;

/** Scenes at boot, by program: one is looked at by many claims on many executions. */
const scenes = new WeakMap<Run['program'], readonly Tracked[]>();

/** The scene at boot: the first threads run, one on each core, and the others are dealt to the cores in turn. */
export const sceneAtBoot = ({ program }: Pick<Run, 'program'>): Scene => {
  const atBoot = scenes.get(program) ?? threadsAtBoot(program);
  scenes.set(program, atBoot);
  const none = new Array<boolean>(program.cores).fill(false);
  const current = new Array<ThreadId | null>(program.cores).fill(null);
  for (const [id, { state, core }] of atBoot.entries()) if (state === 'running') current[core] = id;
  return { threads: atBoot.map((thread) => ({ ...thread })), current, asleep: none, halted: [...none] };
};

const threadsAtBoot = ({ threads, cores, parameters }: Run['program']): Tracked[] => {
  const active = threads.flatMap((calls, id) => (calls.length > 0 ? [id] : []));
  return threads.map((_, id): Tracked => {
    const rank = active.indexOf(id);
    const state = rank < 0 ? 'blocked' : rank < cores ? 'running' : 'ready';
    const core = Math.max(rank, 0) % cores;
    return { state, core, priority: parameters.priorities[id] ?? 0, mask: 2 ** cores - 1 };
  });
};

/**
 * Follows an execution: `look` sees each event, and the scene before it. Gives whether it found all of them as they should
 * be. What is told of a thread or a core that is not there is not as it should be.
 */
export const follow = (run: Run, look: (event: Traced, scene: Scene, index: number) => boolean): boolean => {
  const scene = sceneAtBoot(run);
  return run.traced.every((event, index) => look(event, scene, index) && happen(event, scene));
};

const leave = (scene: Scene, thread: Tracked, id: ThreadId, state: 'ready' | 'blocked'): void => {
  if (scene.current[thread.core] === id) scene.current[thread.core] = null;
  thread.state = state;
};

/** What an event does to the scene. Gives false if it is about a thread that does not exist. */
const happen = ({ name, word }: Traced, scene: Scene): boolean => {
  const { id, core, more } = placeOf(word);
  const of = (change: (thread: Tracked) => void): boolean => {
    const thread = scene.threads[id];
    if (thread) change(thread);
    return thread !== undefined;
  };
  switch (name) {
    case 'looks for work':
    case 'is awake':
      scene.asleep[word] = name === 'looks for work';
      scene.halted[word] = false;
      return true;
    case 'halts':
      scene.halted[word] = true;
      return true;
    case 'dispatched':
      scene.current[core] = id;
      return of((thread) => Object.assign(thread, { state: 'running', core }));
    case 'blocked':
      return of((thread) => leave(scene, thread, id, 'blocked'));
    case 'preempted':
      return of((thread) => leave(scene, thread, id, 'ready'));
    case 'ready':
      return of((thread) => {
        thread.state = 'ready';
      });
    case 'moved':
      return of((thread) => {
        thread.core = core;
      });
    case 'priority':
      return of((thread) => {
        thread.priority = more;
      });
    case 'mask':
      return of((thread) => {
        thread.mask = word >> 4;
      });
    default:
      return true;
  }
};

/** The call that a thread is in at an event, if any. */
export const callAt = (run: Run, thread: ThreadId, step: number): ObservedCall<Call, SchedulerAnswer> | undefined =>
  run.calls.find(
    (call) =>
      call.thread === thread &&
      call.invokedStep <= step &&
      (call.answeredStep === undefined || call.answeredStep >= step),
  );

/** Whether a thread, not a dispatcher, tells of an event. */
export const isOfThread = (run: Run, { context }: Traced): boolean => context < run.program.threads.length;

/** Whether somebody more urgent than `priority` waits for a core and may have it. */
export const isAnybodyAbove = ({ threads }: Scene, core: number, priority: number): boolean =>
  threads.some(
    (other) => other.state === 'ready' && other.core === core && has(other.mask, core) && other.priority > priority,
  );
