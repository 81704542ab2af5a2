import { describe, expect, it } from 'vitest';
import { awaitOther, awaitWord, fence, load, panic, pause, type Routine, store, switchTo } from '#impl/machine/ops.ts';
import { Exploration, explore } from '#model/engine/graph/explore.ts';
import { type Ending, type GraphProgram, graphMemories } from '#model/engine/graph/program.ts';
import { SuiteError } from '#model/suite-error.ts';
import { textOf } from '#properties/graph/counts.ts';
import { barrier, ticketLock, twaLock } from '#properties/graph/named-locks.ts';
import { readers } from '#properties/graph/named-straight.ts';

const [x, y] = [0, 1] as const;

const programOf = (...threads: readonly (() => Routine<unknown>)[]): GraphProgram => ({
  name: 'a program',
  initial: [0, 0],
  threads,
});

const endingsOf = (program: GraphProgram): Ending[][] => {
  const endings: Ending[][] = [];
  explore(program, 'sc', { onExecution: (_graph, of) => endings.push([...of()]) });
  return endings;
};

const codeOf = (program: GraphProgram): string | null => {
  try {
    explore(program, 'sc', { isVerified: true });
    return null;
  } catch (error) {
    if (error instanceof SuiteError) return error.code;
    throw error;
  }
};

describe('exploring execution graphs', () => {
  it('finds nothing to choose where one thread is alone', () => {
    const alone = programOf(function* () {
      yield store(x, 1, 'relaxed');
      return yield load(x, 'relaxed');
    });
    for (const memory of graphMemories) expect(explore(alone, memory).executions).toBe(1);
    expect(endingsOf(alone)).toEqual([[{ tag: 'returned', value: 1 }]]);
  });

  it('finds one execution of a program that has no threads', () => {
    expect(explore(programOf(), 'rc11').executions).toBe(1);
  });

  it('asks a thread once for what it does after it has read certain words', () => {
    // 13 threads of one access: each is begun, and run to its end for each word that it may read.
    const { executions, resumptions } = explore(readers(12), 'rc11');
    expect(executions).toBe(4_096);
    expect(resumptions).toBeLessThan(100);
  });

  it('may be left and gone on with', () => {
    const whole: string[] = [];
    explore(readers(5), 'rc11', { onExecution: (graph) => whole.push(textOf(graph)) });
    const pieces: string[] = [];
    const exploration = new Exploration(readers(5), 'rc11', { onExecution: (graph) => pieces.push(textOf(graph)) });
    expect(exploration.run(7)).toBe(true);
    expect(exploration.explored).toMatchObject({ executions: 7, isComplete: false });
    while (exploration.run(7));
    expect(exploration.explored).toMatchObject({ executions: 32, isComplete: true });
    expect(pieces).toEqual(whole);
  });

  it('counts an execution as blocked in which a thread waits for ever, and tells the deadlock', () => {
    const inVain = programOf(function* () {
      yield awaitWord(x, 1, 'acquire');
    });
    expect(explore(inVain, 'sc')).toMatchObject({ executions: 0, blocked: 1, deadlocked: 1 });
    const handshake = programOf(
      function* () {
        yield awaitWord(x, 1, 'acquire');
        yield store(y, 1, 'release');
      },
      function* () {
        yield store(x, 1, 'release');
        yield awaitOther(y, 0, 'acquire');
      },
    );
    for (const memory of graphMemories) {
      const { executions, deadlocked } = explore(handshake, memory);
      expect({ executions, deadlocked }).toEqual({ executions: 1, deadlocked: 0 });
    }
    const embrace = programOf(
      ...[x, y].map(
        (own) =>
          function* (): Routine {
            yield awaitWord(1 - own, 1, 'acquire');
            yield store(own, 1, 'release');
          },
      ),
    );
    expect(explore(embrace, 'rc11')).toMatchObject({ executions: 0, blocked: 1, deadlocked: 1 });
  });

  it('lets nobody wait in vain for a lock that is given on', () => {
    const blocked = (program: GraphProgram) => graphMemories.map((memory) => explore(program, memory).blocked);
    for (const program of [ticketLock(4), twaLock, barrier]) expect(blocked(program), program.name).toEqual([0, 0, 0]);
    // Here one may come too late to see the word that he waits for.
    const fleeting = programOf(
      function* () {
        yield store(x, 1, 'release');
        yield store(x, 2, 'release');
      },
      function* () {
        yield awaitWord(x, 1, 'acquire');
      },
    );
    expect(blocked(fleeting)).toEqual([1, 1, 1]);
  });

  it('lets a panic, an exception and a bad address end a thread', () => {
    const broken = programOf(
      function* () {
        yield panic('cannot be');
      },
      function* (): Routine {
        yield load(x, 'relaxed');
        throw new Error('a bug');
      },
      function* () {
        yield pause();
        yield load(2, 'relaxed');
      },
    );
    expect(endingsOf(broken)).toEqual([
      [
        { tag: 'panicked', why: 'cannot be' },
        { tag: 'panicked', why: 'a bug' },
        { tag: 'panicked', why: 'an access to word 2, and there are 2' },
      ],
    ]);
  });

  it('passes over fences that mean nothing to the memory', () => {
    const fenced = programOf(function* () {
      yield fence('seq_cst');
      yield fence('acquire');
      yield store(x, 1, 'relaxed');
    });
    const sizes = graphMemories.map((memory) => {
      let size = 0;
      explore(fenced, memory, {
        onExecution: (graph) => {
          size = graph.size;
        },
      });
      return size;
    });
    expect(sizes).toEqual([1, 2, 3]);
  });

  it('tells a thread that does otherwise when it reads the same', () => {
    let calls = 0;
    const moody = programOf(
      function* () {
        yield store(x, 1, 'relaxed');
      },
      function* () {
        yield load(x, 'relaxed');
        yield store(calls++ % 2, 7, 'relaxed');
      },
    );
    expect(codeOf(moody)).toBe('S603');
  });

  it('tells a thread that makes a micro-op and does not yield it', () => {
    const floating = programOf(function* (): Routine {
      store(x, 1, 'relaxed');
      yield load(x, 'relaxed');
    });
    expect(codeOf(floating)).toBe('S205');
    const atItsEnd = programOf(function* (): Routine {
      yield load(x, 'relaxed');
      store(x, 1, 'relaxed');
    });
    expect(codeOf(atItsEnd)).toBe('S205');
  });

  it('refuses what needs a kernel, and loops without end', () => {
    const switching = programOf(function* () {
      yield switchTo(1);
    });
    expect(codeOf(switching)).toBe('S602');
    const endless = programOf(function* () {
      for (;;) yield load(x, 'relaxed');
    });
    expect(codeOf(endless)).toBe('S602');
  });
});
