import { Kind } from '#impl/machine/ops.ts';
import { type CoreStep, Role, When } from '#model/engine/cores/core-step.ts';
import type { MemoryName } from '#model/engine/explore/memories.ts';
import type { ExecutionGraph } from '#model/engine/graph/events.ts';
import { isMet, rank } from '#model/engine/graph/trie.ts';

/** What happens on the machine: a core steps, its timer strikes, or its oldest store reaches memory. */
export interface Action {
  readonly tag: 'step' | 'timer' | 'drain';
  readonly core: number;
  /** How many visible steps the core has begun then, this one included. 0: what it does at boot. */
  readonly steps: number;
  /** The events of the graph that it is. Of a drain: the store. */
  readonly events: number[];
  /** Of a step: whether a timer strikes at its end, when it unmasks interrupts. It has become due before. */
  isStruck: boolean;
  /** In how many ways it must, or should, come after others that have not come yet. */
  hard: number;
  soft: number;
  readonly after: { readonly action: Action; readonly isSoft: boolean }[];
}

const actionOf = (tag: Action['tag'], core: number, steps: number): Action => ({
  tag,
  core,
  steps,
  events: [],
  isStruck: false,
  hard: 0,
  soft: 0,
  after: [],
});

/** What a graph says about one core: its actions in their order, and those of its store buffer. */
interface Row {
  readonly actions: Action[];
  readonly drains: Action[];
  next: number;
  nextDrain: number;
}

/**
 * Puts a graph into an order in which the machine can do it. Under `sc` and `tso` that is one in which every read finds
 * the last write. Under `rc11` reads follow what they read, and as much else as possible is as under `sc`: the rest are
 * the stale reads. Null: the machine cannot, since it does in one step what is several events of the graph.
 * `isInnerSeenAtOnce`: whether, under `tso`, what the machine itself stores does not wait; it does behind others only.
 */
export const ordered = (
  graph: ExecutionGraph,
  stepOf: (event: number) => CoreStep,
  cores: number,
  memory: MemoryName,
  isInner: (location: number) => boolean,
  isInnerSeenAtOnce: boolean,
  hasFaulted: (core: number) => boolean,
): Action[] | null => {
  const issue: (Action | undefined)[] = [];
  const drain: (Action | undefined)[] = [];
  const rows: Row[] = [];
  for (let core = 0; core < cores; core++) rows.push(rowOf(graph, stepOf, core, memory, issue, drain));
  const performed = (write: number): Action | undefined => drain[write] ?? issue[write];
  for (let location = 0; location < graph.locations; location++) {
    const writes = graph.mo[location] as Int32Array;
    const length = graph.moLengths[location] as number;
    for (let i = 0; i < length; i++) {
      const write = writes[i] as number;
      const next = i + 1 < length ? (writes[i + 1] as number) : -1;
      const isLoose = memory === 'rc11' && !isInner(location);
      if (next >= 0 && i > 0) {
        const isSoft = isLoose && graph.order[write] !== rank.plain && graph.order[next] !== rank.plain;
        precede(performed(write), performed(next), isSoft);
      }
      for (let r = graph.newestReader[write] as number; r >= 0; r = graph.olderReader[r] as number) {
        const reader = issue[r];
        if (!reader) continue;
        if (i > 0 && graph.thread[write] !== graph.thread[r]) precede(performed(write), reader, false);
        if (next < 0) continue;
        const step = stepOf(r);
        const isSoft = isLoose && graph.order[r] !== rank.plain && step.kind !== Kind.awaitWord;
        const isBeforeIssue = step.role === Role.call || (isInnerSeenAtOnce && isInner(location));
        precede(reader, isBeforeIssue ? issue[next] : performed(next), isSoft);
      }
    }
  }
  // Whoever faults had better do so last: the machine stops then.
  const late = new Set(rows.flatMap(({ actions }, core) => (hasFaulted(core) ? actions.slice(-1) : [])));
  return sorted(rows, late);
};

/** A core's actions. `issue` and `drain`: of each event, the action that it is part of, and that makes its store seen. */
const rowOf = (
  graph: ExecutionGraph,
  stepOf: (event: number) => CoreStep,
  core: number,
  memory: MemoryName,
  issue: (Action | undefined)[],
  drain: (Action | undefined)[],
): Row => {
  const actions: Action[] = [];
  const drains: Action[] = [];
  let told: Action | undefined; // the last store before an answer, or it
  for (let i = 0; i < (graph.lengths[core] as number); i++) {
    const event = graph.sequence[core * graph.stride + i] as number;
    const step = stepOf(event);
    const { role, kind, standing } = step;
    if (role === Role.timer && graph.value[event] === 0) continue; // it has not struck
    if (kind === Kind.awaitWord && !isMet(step, graph.value[event] as number)) continue; // it waits for ever
    const isAtEnd = role === Role.timer && standing.index !== When.beforeStep;
    const tag = role === Role.timer && !isAtEnd ? 'timer' : 'step';
    let action = actions.at(-1);
    if (tag === 'timer' || action?.tag !== tag || action.steps !== standing.steps) {
      const before = action;
      action = actionOf(tag, core, standing.steps);
      actions.push(action);
      precede(before, action, false);
    }
    action.isStruck ||= isAtEnd;
    action.events.push(event);
    issue[event] = action;
    if (memory !== 'tso') continue;
    // Who makes a call knows of all answers, its own as well: what was stored before them has reached memory.
    if (role === Role.call) precede(told, action, false);
    const isBuffered = kind === Kind.store && graph.order[event] !== rank.seq_cst;
    if (isBuffered) {
      const reaching = actionOf('drain', core, standing.steps);
      reaching.events.push(event);
      precede(action, reaching, false);
      precede(drains.at(-1), reaching, false);
      drains.push(reaching);
      drain[event] = reaching;
      if (role === Role.answer) told = reaching;
    } else if (
      kind !== Kind.load &&
      kind !== Kind.awaitWord &&
      (kind !== Kind.fence || graph.order[event] === rank.seq_cst)
    ) {
      precede(drains.at(-1), action, false);
    }
  }
  return { actions, drains, next: 0, nextDrain: 0 };
};

const precede = (before: Action | undefined, action: Action | undefined, isSoft: boolean): void => {
  if (!before || !action || before === action) return;
  before.after.push({ action, isSoft });
  if (isSoft) action.soft++;
  else action.hard++;
};

/** All actions, those of one core after the other as far as that goes. */
const sorted = (rows: readonly Row[], late: ReadonlySet<Action>): Action[] | null => {
  const all: Action[] = [];
  const count = rows.reduce((sum, { actions, drains }) => sum + actions.length + drains.length, 0);
  let current = 0;
  const take = (action: Action): void => {
    all.push(action);
    for (const { action: next, isSoft } of action.after) {
      if (isSoft) next.soft--;
      else next.hard--;
    }
  };
  while (all.length < count) {
    const drained = rows.find(({ drains, nextDrain }) => drains[nextDrain]?.hard === 0);
    if (drained) {
      take(drained.drains[drained.nextDrain++] as Action);
      continue;
    }
    const core = nextCore(rows, current, late);
    if (core < 0) return null;
    current = core;
    const row = rows[core] as Row;
    take(row.actions[row.next++] as Action);
  }
  return all;
};

/** The core that goes on: the current one if it can, else the next that can; those that cannot without a stale read last. */
const nextCore = (rows: readonly Row[], current: number, late: ReadonlySet<Action>): number => {
  let best = -1;
  let bestCost = 4;
  for (let i = 0; i < rows.length; i++) {
    const core = (current + i) % rows.length;
    const row = rows[core] as Row;
    const action = row.actions[row.next];
    if (!action || action.hard > 0) continue;
    const cost = (action.soft > 0 ? 1 : 0) + (late.has(action) ? 2 : 0);
    if (cost < bestCost) {
      best = core;
      bestCost = cost;
    }
  }
  return best;
};
