import { createHash } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { Script } from 'node:vm';
import { describe, expect, test } from 'vitest';
import { claimsAbout, showClaim } from '#model/claim.ts';
import type { Counterexample } from '#model/counterexample.ts';
import type { CheckResult } from '#model/engine/check.ts';
import type { ClaimResult, OrderReport, Weakened } from '#model/engine/plan.ts';
import type { Story, StoryStep } from '#model/engine/trace/story.ts';
import type { Verdict, Violation } from '#model/verdict.ts';
import { canary } from '#properties/canary.ts';
import { mutants, suites } from '#properties/index.ts';
import { type PackedPage, unpack } from '#reports/html/client/packed.ts';
import { clientCode, clientFiles, renderPage } from '#reports/html/page.ts';
import { type Findings, pageData } from '#reports/html/page-data.ts';

const hostile = '</script><script>alert(1)</script><!-- <img src=x onerror=alert(1)> " \' & \u2028';

const step = (number: number, more: Partial<StoryStep>): StoryStep => ({
  step: number,
  core: 0,
  thread: 0,
  text: `reads word: ${number}`,
  site: undefined,
  call: undefined,
  answer: undefined,
  isSwitch: false,
  isTimer: false,
  matters: true,
  spec: 'empty',
  words: [0, 0],
  word: null,
  access: null,
  weak: null,
  space: null,
  traced: [],
  drained: [],
  messages: [],
  ...more,
});

/** A small story, whose texts are as hostile as they can be. */
const story = (sentence: string): Story => ({
  subject: 'a/subject',
  variant: 'one',
  sentence,
  implementation: hostile,
  violation: { kind: 'wrong answer', event: 1, expected: hostile, observed: hostile },
  size: { threads: 1, calls: 1, switches: 0 },
  cores: 1,
  memory: 'sc',
  missingEdges: [],
  threads: [{ id: 0, name: 'T0', calls: [{ call: hostile, answer: undefined }] }],
  steps: [
    step(1, { call: hostile, text: 'calls' }),
    step(2, { thread: null, matters: false, words: [0, 7] }),
    step(3, { isTimer: true, isSwitch: true, answer: hostile, site: 'a.site', words: [-1, 7], spec: null }),
  ],
  spans: [{ thread: 0, how: 'running', core: 0, fromStep: 0, toStep: 3 }],
  divergence: 3,
  culprits: undefined,
  words: [hostile, 'word'],
  specAtBoot: hostile,
  wordsAtBoot: [0, 0],
});

/** Every claim of every suite and every mutant, with verdicts that are made up: the page only shows them. */
const findings = (): Findings => {
  const stories = new Map<string, Story>();
  const verdicts: readonly Verdict[] = [
    { tag: 'holds', executions: 1 },
    { tag: 'refuted', executions: 2, violation: story('').violation as Violation },
    { tag: 'gave-up', executions: 3, why: hostile },
  ];
  const result = (subject: string, variant: string, claim: ClaimResult['claim'], verdict: Verdict): ClaimResult => {
    const id = `${subject} ${variant} ${claim.id} ${stories.size}`;
    if (verdict.tag === 'refuted') stories.set(id, story(claim.sentence));
    const counterexample =
      verdict.tag === 'refuted'
        ? ({ id, story: story('').size, limits: { memory: 'tso' } } as Counterexample)
        : undefined;
    const orders = claim.tag === 'ordering' ? ordersOf(`${id} weaker`) : undefined;
    return { subject, variant, claim, verdict, counterexample, orders };
  };
  /** One order of which a half is needed, and one without a name. */
  const ordersOf = (id: string): OrderReport => {
    stories.set(id, story('weaker'));
    const site = { kind: 4, order: 'acq_rel', word: hostile, partners: [hostile], meetings: [] } as const;
    const violation = { kind: 'fault', event: 0, expected: hostile, observed: hostile };
    const broken = { id, sentence: hostile, violation, story: story('').size } as Counterexample;
    const weakened: Weakened[] = [
      { to: 'acquire', executions: 1, counterexample: broken },
      { to: 'release', executions: 2, counterexample: undefined },
    ];
    return {
      broken: undefined,
      sites: [
        { site: { ...site, name: hostile }, weakened },
        { site: { ...site, name: undefined }, weakened: [] },
      ],
    };
  };
  const checks = suites.flatMap((suite) =>
    suite.subject.variants.map(
      ({ name }) =>
        ({
          plan: { suite, variant: name, implementation: { tag: 'file', path: hostile }, memories: ['tso', 'sc'] },
          claims: claimsAbout(suite, name).map((claim, i) =>
            result(suite.subject.id, name, claim, verdicts[i % verdicts.length] as Verdict),
          ),
          executions: 10,
          steps: 20,
          exhausted: [
            { scenario: hostile, preemptions: 2, end: 'all', executions: 7, impossible: 0, unfair: 0, cutOff: 0 },
          ],
          coverage: { states: 30 },
          kept: null,
        }) as unknown as CheckResult,
    ),
  );
  const museum = mutants.map((mutant, i) => ({
    mutant,
    result: result(mutant.subject, mutant.variant, canary.claim, verdicts[i % verdicts.length] as Verdict),
  }));
  return {
    title: hostile,
    seed: 1,
    budget: 'quick',
    generatedWith: { version: '0', node: 'v0' },
    checks,
    museum,
    canary: result(canary.suite.subject.id, 'one', canary.claim, verdicts[1] as Verdict),
    stories,
    replays: new Map([...stories.keys()].map((id) => [id, `replay ${id}`])),
  };
};

const data = pageData(findings());
const html = renderPage(data);
const dataScript = /<script type="application\/json" id="data">(.*?)<\/script>/s;
const codeScript = /<script type="module">(.*?)<\/script>/s;
const embedded = (): PackedPage => JSON.parse(dataScript.exec(html)?.[1] ?? '') as PackedPage;

describe('the page carries', () => {
  test('every claim with its verdict', () => {
    const { checks } = embedded();
    const expected = suites.flatMap((suite) =>
      suite.subject.variants.map(({ name }) => claimsAbout(suite, name).map((claim) => [claim.id, showClaim(claim)])),
    );
    expect(checks.map(({ claims }) => claims.map(({ id, sentence }) => [id, sentence]))).toEqual(expected);
    expect(new Set(checks.flatMap(({ claims }) => claims.map(({ verdict }) => verdict)))).toEqual(
      new Set(['holds', 'refuted', 'gave-up']),
    );
  });

  test('every exhibit, and those that a claim holds of are called survivors', () => {
    const { museum } = embedded();
    expect(museum.map(({ id, edits }) => ({ id, edits }))).toEqual(mutants.map(({ id, edits }) => ({ id, edits })));
    expect(museum.map(({ verdict }) => verdict)).toEqual(
      mutants.map((_, i) => ['survived', 'refuted', 'gave-up'][i % 3]),
    );
  });

  test('which memory models were explored, the strongest first, and which one killed each mutant', () => {
    const { memories, museum } = embedded();
    expect(memories).toEqual(['sc', 'tso']);
    expect(museum.map(({ memory, verdict }) => [verdict, memory])).toEqual(
      mutants.map((_, i) => (i % 3 === 1 ? ['refuted', 'tso'] : [['survived', 'refuted', 'gave-up'][i % 3], null])),
    );
  });

  test('each order of an implementation: what breaks without it, or that nothing does', () => {
    const judged = embedded().checks.filter(({ claims }) => claims.some(({ id }) => id === 'ordering'));
    expect(judged.length).toBeGreaterThan(5);
    for (const { orders } of judged) {
      expect(orders.map(({ site, weakened }) => [site, weakened.map(({ to, breaks }) => [to, breaks?.kind])])).toEqual([
        [
          hostile,
          [
            ['acquire', 'fault'],
            ['release', undefined],
          ],
        ],
        [null, []],
      ]);
    }
  });

  test('every story, and each that is referred to is there', () => {
    const { stories, checks, museum, canary: bird } = embedded();
    expect(stories.map(unpack)).toEqual(data.stories);
    const weakenings = checks.flatMap(({ orders }) => orders.flatMap(({ weakened }) => weakened));
    const referred = [
      ...[...checks.flatMap(({ claims }) => claims), ...museum, bird].map((one) => one?.story),
      ...weakenings.map(({ breaks }) => breaks?.story),
    ];
    expect(new Set(referred.filter((id) => typeof id === 'string'))).toEqual(new Set(stories.map(({ id }) => id)));
  });

  test('its data, unchanged by packing and JSON', () => {
    const page = embedded();
    expect({ ...page, stories: page.stories.map(unpack) }).toEqual(data);
  });
});

describe('the page is safe and stands alone', () => {
  test('what is hostile in the data stays text', () => {
    expect(html.match(/<script/g)).toHaveLength(2);
    expect(html.match(/<\/script/g)).toHaveLength(2);
    expect(html).not.toContain('<!--');
    expect(html).not.toContain('<img');
    expect(/<title>(.*?)<\/title>/s.exec(html)?.[1]).not.toMatch(/[<>"]/);
  });

  test('its code makes elements, and never markup', () => {
    expect(clientCode(clientFiles)).not.toMatch(
      /innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(|new Function/,
    );
  });

  test('its policy lets nothing be fetched and no other code run', () => {
    const code = codeScript.exec(html)?.[1] ?? '';
    const hash = createHash('sha256').update(code).digest('base64');
    expect(html).toContain(`default-src &#39;none&#39;`);
    expect(html).toContain(`script-src &#39;sha256-${hash}&#39;`);
  });

  test('it refers to nothing outside', () => {
    const own = html.replace(dataScript, '').replace(/<title>.*?<\/title>/s, '');
    const addresses = own.match(/\b(?:https?:)?\/\/[\w.-]+\.\w+[^\s'"]*/g) ?? [];
    expect(addresses).toEqual(['http://www.w3.org/2000/svg']); // a name, which nobody fetches
    expect(own).not.toMatch(/\bsrc=|@import|url\(|\bfetch\(|XMLHttpRequest|<link/);
  });
});

describe('the code of the page', () => {
  test('is all of the client folder', () => {
    const files = readdirSync(new URL('client', import.meta.url)).filter((name) => /(?<!\.test)\.ts$/.test(name));
    const typesOnly = 'data.ts';
    expect(files.filter((name) => name !== typesOnly).sort()).toEqual(clientFiles.map((name) => `${name}.ts`).sort());
  });

  test('is one script that a browser can read', () => {
    expect(() => new Script(clientCode(clientFiles))).not.toThrow();
    expect(clientCode(clientFiles)).not.toMatch(/^(?:import|export)\s/m);
  });
});
