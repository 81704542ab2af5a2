import { describe, expect, it } from 'vitest';
import type { Costs } from '#impl/machine/cost.ts';
import { execute, rigFor, usualLimits } from '#model/engine/explore/execution.ts';
import { serialStrategy } from '#model/engine/explore/serial.ts';
import type { Edit } from '#model/engine/load/hooks.ts';
import { loadWorld } from '#model/engine/load/world.ts';
import type { Parameters } from '#model/ipc/toctou.programs.ts';
import { toctou } from '#model/ipc/toctou.ts';
import type { Program, Subject } from '#model/subject.ts';
import type { ToctouAnswer, ToctouCall } from '#spec/abi/ipc/toctou.ts';
import { initial, outcomes, type PendingCall } from '#spec/ipc/toctou.ts';
import { after } from '#spec/outcome.ts';

/** What the rules of a request come to, and what the copy costs. */

const parameters = (lengthWords: number): Parameters => ({
  limitWords: 3,
  user: 1,
  objects: [
    { owner: 1, words: [70] },
    { owner: 2, words: [80] },
  ],
  names: [0, 1],
  open: [0, null],
  shared: [lengthWords, 3, 0, 5, 6, 7],
});

const puts = (place: number, word: number): ToctouCall => ({ tag: 'put', place, word });

/** Every way in which a request of one thread may end, while another thread makes these calls in order. */
const endings = (request: ToctouCall, others: readonly ToctouCall[], words = 1): string[] => {
  const found = new Set<string>();
  const go = (state: ReturnType<typeof initial>, call: PendingCall, rest: readonly ToctouCall[]): void => {
    const [other, ...later] = rest;
    if (other) for (const outcome of outcomes(state, other)) go(after(state, outcome), call, later);
    for (const outcome of outcomes(state, call)) {
      const next = after(state, outcome);
      if (outcome.tag === 'continues') go(next, outcome.rest, rest);
      else found.add(`${show(outcome.answer)}: ${next.record?.words.join(' ') ?? '-'}`);
    }
  };
  go(initial(parameters(words)), request, others);
  return [...found].sort();
};

const show = (answer: ToctouAnswer): string => {
  if (answer.tag === 'failed') return answer.errno;
  return answer.tag === 'number' ? `number ${answer.number}` : answer.tag;
};

describe('a request', () => {
  it('is what it was, or what it has become, wherever its word is changed', () => {
    expect(endings({ tag: 'write', number: 0 }, [puts(3, 9)])).toEqual(['ok: 5', 'ok: 9']);
    expect(endings({ tag: 'write', number: 0 }, [puts(0, 4)])).toEqual(['EMSGSIZE: -', 'ok: 5']);
    expect(endings({ tag: 'write', number: 0 }, [puts(3, -1)])).toEqual(['EINVAL: -', 'ok: 5']);
  });

  it('of two words may be half of each: they are fetched one after the other', () => {
    const writes = { tag: 'write', number: 0 } as const;
    expect(endings(writes, [puts(3, 8), puts(4, 9)], 2)).toEqual(['ok: 5 6', 'ok: 5 9', 'ok: 8 6', 'ok: 8 9']);
    expect(endings(writes, [puts(4, 9), puts(3, 8)], 2)).toEqual(['ok: 5 6', 'ok: 5 9', 'ok: 8 9']);
  });

  it('to open something ends with what its name means as it is looked up, and for whom it was made', () => {
    expect(endings({ tag: 'open' }, [puts(2, 1)])).toEqual(['EACCES: -', 'number 1: -']);
    expect(endings({ tag: 'open' }, [{ tag: 'link', name: 0, object: 1 }])).toEqual(['EACCES: -', 'number 1: -']);
  });
});

const module = 'ipc/toctou.ts';
const subject = toctou as unknown as Subject;

/** The same server without a copy: it checks the data where they lie, and takes them from there. */
const inPlace: readonly Edit[] = [
  {
    file: 'impl/ipc/toctou.ts',
    from: "  for (let i = 0; i < length; i++) yield store(copy + i, yield* fetch(server, start + i), 'plain');\n",
    to: '',
  },
  {
    file: 'impl/ipc/toctou.ts',
    from: "(yield load(copy + i, 'plain')) < 0",
    to: '(yield* fetch(server, start + i)) < 0',
  },
  {
    file: 'impl/ipc/toctou.ts',
    from: 'writeLocked(server, object, copy, length)',
    to: 'writeLocked(server, object, server.shared + start, length)',
  },
];

/** What one write of so many words costs, alone. */
const costsOf = async (lengthWords: number, edits: readonly Edit[]): Promise<Costs> => {
  const world = await loadWorld({ tag: 'ours', module, edits }, subject.exports);
  const program: Program<ToctouCall, Parameters> = {
    variant: 'copy',
    cores: 1,
    threads: [[{ tag: 'write', number: 0 }]],
    parameters: parameters(lengthWords),
  };
  return execute(rigFor(subject, 'copy', world), program, serialStrategy([0]), usualLimits).costs;
};

describe('the copy', () => {
  it.each([0, 1, 3])(
    'of %i words costs a load and a store for each, over a server that checks in place',
    async (words) => {
      const [copied, checked] = [await costsOf(words, []), await costsOf(words, inPlace)];
      expect(copied.loads - checked.loads).toBe(words);
      expect(copied.stores - checked.stores).toBe(words);
    },
  );
});
