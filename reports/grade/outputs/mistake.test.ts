import { beforeAll, describe, expect, test } from 'vitest';
import { Check } from '#model/engine/check.ts';
import { budgets } from '#model/engine/explore/budget.ts';
import { rigFor } from '#model/engine/explore/execution.ts';
import type { Edit } from '#model/engine/load/hooks.ts';
import { loadWorld } from '#model/engine/load/world.ts';
import { usualPlan } from '#model/engine/plan.ts';
import { tell } from '#model/engine/trace/tell.ts';
import { mutants, suites } from '#properties/index.ts';
import type { Found } from '#reports/grade/graded.ts';
import { mistakesOf, signatureOf } from '#reports/grade/outputs/mistake.ts';
import { earned, gradedOf, lostTo } from '#reports/grade/outputs/sample.ts';

/** What is found in a mutant that is written a little differently. */
const foundIn = async (mutantId: string, differently: readonly Edit[], seed: number): Promise<Found> => {
  const mutant = mutants.find(({ id }) => id === mutantId);
  const suite = suites.find(({ subject }) => subject.id === mutant?.subject);
  const module = suite?.subject.variants.find(({ name }) => name === mutant?.variant)?.module;
  if (!mutant || !suite || module === undefined) throw new Error(mutantId);
  const edits = [...mutant.edits, ...differently];
  const world = await loadWorld({ tag: 'ours', module, edits }, suite.subject.exports);
  const claims = suite.claims.filter(({ id }) => id === mutant.killedBy);
  const implementation = { tag: 'mutant', id: mutantId } as const;
  const check = new Check({
    ...usualPlan,
    suite,
    variant: mutant.variant,
    implementation,
    claims,
    world,
    budget: budgets.quick,
    seed,
  });
  for (const _ of check.run());
  const counterexample = check.results('').claims[0]?.counterexample;
  if (!counterexample) throw new Error(`${mutantId} is not refuted`);
  const story = tell(rigFor(suite.subject, mutant.variant, world), counterexample);
  return { seed, counterexample, story, clause: null };
};

const file = 'impl/ipc/pipe.ts';

/** The same pipe by another author: its lines in another order, more of them, and other names. */
const otherAuthor: readonly Edit[] = [
  { file, from: "lock: page.word('pipe.lock')", to: "lock: page.word('mutex')" },
  { file, from: "page.word('nread', ", to: "page.word('head', " },
  { file, from: "page.word('nwrite', ", to: "page.word('tail', " },
  { file, from: "'pipe.nwrite');", to: "'shows what was written');" },
  {
    file,
    from: `    const nwrite = yield load(ring.nwrite, 'plain');
    const space = (capacity - (nwrite - (yield load(ring.nread, 'plain')))) | 0;`,
    to: `    const nread = yield load(ring.nread, 'plain');
    yield load(ring.writeOpen, 'plain');
    const nwrite = yield load(ring.nwrite, 'plain');
    const space = (capacity - (nwrite - nread)) | 0;`,
  },
  {
    file,
    from: `    const nread = yield load(ring.nread, 'plain');
    if (nread !== (yield load(ring.nwrite, 'plain'))) return nread;`,
    to: `    const nwrite = yield load(ring.nwrite, 'plain');
    const nread = yield load(ring.nread, 'plain');
    if (nread !== nwrite) return nread;`,
  },
];

describe('the same mistake', () => {
  test.each(['ipc/pipe/full-tells-nobody', 'ipc/pipe/answers-what-was-asked'])(
    '%s looks the same by another author, and in another search',
    async (mutant) => {
      const first = await foundIn(mutant, [], 1);
      const second = await foundIn(mutant, otherAuthor, 2);
      expect(second.counterexample.fingerprint).not.toBe(first.counterexample.fingerprint);
      expect(signatureOf(second)).toBe(signatureOf(first));
    },
  );
});

describe('a class', () => {
  const different = [
    'ipc/pipe/answers-what-was-asked',
    'ipc/pipe/empty-by-index',
    'ipc/pipe/reader-gone-unseen',
    'ipc/pipe/overwrites-when-full',
    'ipc/pipe/double-fetch',
  ];
  let tests: Awaited<ReturnType<typeof lostTo>>[];

  beforeAll(async () => {
    tests = [];
    for (const mutant of different) tests.push(await lostTo(mutant));
  });

  test('has different mistakes apart', () => {
    const signatures = tests.map(({ found }) => signatureOf(found as Found));
    expect(new Set(signatures).size).toBe(different.length);
  });

  test('has the same ones together, the most frequent first, whoever made them', () => {
    const [a, b, c] = tests as [(typeof tests)[number], (typeof tests)[number], (typeof tests)[number]];
    const longer = {
      ...b,
      found: b.found && {
        ...b.found,
        story: { ...b.found.story, steps: [...b.found.story.steps, ...b.found.story.steps] },
      },
    };
    const mistakes = mistakesOf([
      gradedOf('ann', [a, longer]),
      gradedOf('bob', [b, earned('x', 'X')]),
      gradedOf('chen', [b, c]),
    ]);
    expect(mistakes.map(({ submissions }) => submissions)).toEqual([[0, 1, 2], [0], [2]]);
    expect(mistakes[0]?.example).toBe(b);
  });

  test('without counterexamples has none', () => {
    expect(mistakesOf([gradedOf('ann', [earned('x', 'X')]), gradedOf('bob', [])])).toEqual([]);
  });
});
