import { describe, expect, it } from 'vitest';
import { randomFrom } from '#model/engine/explore/random.ts';
import { Exploration } from '#model/engine/graph/explore.ts';
import { type GraphMemory, type GraphProgram, graphMemories } from '#model/engine/graph/program.ts';
import { divided, type Rest } from '#model/engine/graph/trail.ts';
import { SuiteError } from '#model/suite-error.ts';
import { textOf } from '#properties/graph/counts.ts';
import { asRoutines, drawProgram, type Vocabulary } from '#properties/graph/drawn.ts';
import * as locks from '#properties/graph/named-locks.ts';
import * as straight from '#properties/graph/named-straight.ts';

const everything: Vocabulary = {
  tags: ['load', 'load', 'store', 'store', 'swap', 'add', 'cas', 'await', 'fence', 'skip'],
  loads: ['relaxed', 'acquire', 'seq_cst'],
  stores: ['relaxed', 'release', 'seq_cst'],
  updates: ['relaxed', 'acq_rel', 'seq_cst'],
  fences: ['release', 'seq_cst'],
};

/** A night's worth, where it is asked for. */
const drawnPrograms = process.env['RENDEZVOUS_NIGHT'] ? 1_000 : 25;

const random = randomFrom(7);
const named: readonly GraphProgram[] = [
  straight.readers(5),
  straight.lastZero(4),
  straight.casrot(4),
  straight.casw(3),
  straight.coA(3),
  straight.increments('ainc', 1)(4),
  locks.mcsLock(2),
  locks.ticketLock(3),
  locks.dekker,
  locks.barrier,
  straight.threadsOf('nobody', 0, [], 1, function* () {}),
];
const programs: readonly GraphProgram[] = [
  ...named,
  ...Array.from({ length: drawnPrograms }, (_, i) => asRoutines(drawProgram(random, everything, `drawn ${i}`))),
];

/** What an exploration finds, in its order: the graph of each complete execution; the blocked ones are counted. */
class Watched {
  readonly texts: string[] = [];
  readonly exploration: Exploration;

  constructor(program: GraphProgram, memory: GraphMemory, rest?: Rest) {
    const onExecution = { onExecution: (graph: Parameters<typeof textOf>[0]) => this.texts.push(textOf(graph)) };
    this.exploration = new Exploration(program, memory, onExecution, rest);
  }

  /** Goes on for so many; gives what is left, as it comes out of a file. */
  run(executionsMax: number): Rest | null {
    this.exploration.run(executionsMax);
    return JSON.parse(JSON.stringify(this.exploration.rest));
  }

  get counts(): { executions: number; blocked: number; deadlocked: number } {
    const { executions, blocked, deadlocked } = this.exploration.explored;
    return { executions, blocked, deadlocked };
  }
}

const total = (parts: readonly Watched[]) => ({
  executions: parts.reduce((sum, { counts }) => sum + counts.executions, 0),
  blocked: parts.reduce((sum, { counts }) => sum + counts.blocked, 0),
  deadlocked: parts.reduce((sum, { counts }) => sum + counts.deadlocked, 0),
});

/** Small enough for every cut to be tried. */
const cutsMax = 70;

const eachUnder = programs.flatMap((program) =>
  graphMemories.map((memory) => [program.name, memory, program] as const),
);

describe('an exploration that was left', () => {
  it.each(eachUnder)(
    'goes on elsewhere, wherever it was cut, and finds the same in the same order: %s, %s',
    (...[, memory, program]) => {
      const whole = new Watched(program, memory);
      whole.run(cutsMax);
      const { executions, blocked } = whole.counts;
      for (let cut = 1; cut <= executions + blocked; cut++) {
        const before = new Watched(program, memory);
        const rest = before.run(cut) as Rest;
        const after = new Watched(program, memory, rest);
        after.run(cutsMax - cut);
        expect([...before.texts, ...after.texts]).toEqual(whole.texts);
        expect(total([before, after])).toEqual(whole.counts);
        expect(after.exploration.rest).toEqual(whole.exploration.rest);
      }
    },
  );

  it('may be left at each execution, and goes on to the end', () => {
    const program = straight.casw(3);
    const parts: Watched[] = [];
    for (let rest: Rest | null | undefined; rest !== null; ) {
      const part: Watched = new Watched(program, 'rc11', rest);
      rest = part.run(1);
      parts.push(part);
    }
    expect(total(parts).executions).toBe(66);
    expect(new Set(parts.flatMap(({ texts }) => texts)).size).toBe(66);
  });

  it('leaves as much behind as one execution is long, however many were found', () => {
    const exploration = new Exploration(straight.fibBench, 'tso');
    const lengths = Array.from({ length: 20 }, () => {
      exploration.run(5_000);
      return (exploration.rest as Rest).trail.length;
    });
    expect(Math.max(...lengths)).toBeLessThan(60);
  });
});

describe('an exploration in pieces', () => {
  /** Explores the pieces of a rest, each cut and divided again, `depth` times. */
  const inPieces = (program: GraphProgram, memory: GraphMemory, rest: Rest, depth: number): Watched[] =>
    divided(rest).flatMap((piece) => {
      const part = new Watched(program, memory, piece);
      if (depth === 0) {
        part.run(Number.POSITIVE_INFINITY);
        return [part];
      }
      const left = part.run(2);
      return [part, ...(left === null ? [] : inPieces(program, memory, left, depth - 1))];
    });

  it.each(eachUnder)(
    'finds the same in the same order as one that was never divided: %s, %s',
    (...[, memory, program]) => {
      const whole = new Watched(program, memory);
      whole.run(Number.POSITIVE_INFINITY);
      const first = new Watched(program, memory);
      const rest = first.run(1);
      const parts = [first, ...(rest === null ? [] : inPieces(program, memory, rest, 2))];
      expect(parts.flatMap(({ texts }) => texts)).toEqual(whole.texts);
      expect(total(parts)).toEqual(whole.counts);
    },
  );

  it('is in few pieces, however long an execution is', () => {
    const trail = Array.from({ length: 2_400 }, () => 0);
    const pieces = divided({ trail, floor: 3 });
    expect(pieces.length).toBeLessThan(14);
    expect(pieces.at(-1)).toEqual({ trail: [0, 0, 0, 0], floor: 3 });
    expect(pieces[0]?.trail).toHaveLength(2_400);
    for (const [i, { floor }] of pieces.slice(0, -1).entries()) expect(floor).toBe(pieces[i + 1]?.trail.length);
  });
});

describe('a trail that leads nowhere', () => {
  const codeOf = (program: GraphProgram, rest: Rest): string | null => {
    try {
      new Exploration(program, 'rc11', {}, rest);
      return null;
    } catch (error) {
      if (error instanceof SuiteError) return error.code;
      throw error;
    }
  };

  it('is told as what it is', () => {
    const exploration = new Exploration(straight.casw(3), 'rc11');
    exploration.run(17);
    const { trail, floor } = exploration.rest as Rest;
    expect(codeOf(straight.casw(3), { trail, floor })).toBeNull();
    expect(codeOf(straight.casw(2), { trail, floor })).toBe('S605');
    expect(codeOf(straight.casw(3), { trail: [...trail, 0], floor })).toBe('S605');
    expect(codeOf(straight.casw(3), { trail, floor: trail.length + 1 })).toBe('S605');
    for (const choice of [-100, 100]) {
      for (const i of trail.keys())
        expect(codeOf(straight.casw(3), { trail: trail.with(i, choice), floor })).toBe('S605');
    }
  });

  it('is told also where it is nearly right, or leads to another graph', () => {
    const told = { S605: 0, elsewhere: 0 };
    for (const program of programs) {
      const exploration = new Exploration(program, 'rc11');
      exploration.run(9);
      const { rest } = exploration;
      if (rest === null) continue;
      for (const [i, choice] of rest.trail.entries()) {
        for (const other of [choice - 2, choice - 1, choice + 1, choice + 2]) {
          const code = codeOf(program, { trail: rest.trail.with(i, other), floor: 0 });
          if (code === null) told.elsewhere++;
          else if (code === 'S605') told.S605++;
        }
      }
    }
    expect(told.elsewhere).toBeGreaterThan(0);
    expect(told.S605).toBeGreaterThan(10 * told.elsewhere);
  });
});
