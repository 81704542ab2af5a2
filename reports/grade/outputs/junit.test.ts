import { fileURLToPath } from 'node:url';
import { XMLParser, XMLValidator } from 'fast-xml-parser';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Graded } from '#reports/grade/graded.ts';
import { junitXml } from '#reports/grade/outputs/junit.ts';
import { earned, gradedOf, lostTo, undecided } from '#reports/grade/outputs/sample.ts';
import { shownTo } from '#reports/grade/outputs/shown.ts';

/** An element in order: its name, its attributes, what is in it, and the text. */
interface Node {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly Node[];
  readonly text: string;
}

const parser = new XMLParser({
  preserveOrder: true,
  ignoreAttributes: false,
  trimValues: false,
  parseAttributeValue: false,
  parseTagValue: false,
});

const nodesOf = (parsed: readonly Record<string, unknown>[]): Node[] =>
  parsed.flatMap((one) => {
    const name = Object.keys(one).find((key) => key !== ':@') as string;
    if (name === '#text') return [];
    const children = one[name] as Record<string, unknown>[];
    const attributes = Object.entries((one[':@'] ?? {}) as Record<string, string>);
    return [
      {
        name,
        attributes: Object.fromEntries(attributes.map(([key, value]) => [key.replace(/^@_/, ''), value])),
        children: nodesOf(children),
        text: children.map((child) => child['#text'] ?? '').join(''),
      },
    ];
  });

/** What Jenkins' junit-10.xsd (xunit-plugin, 031e285) says of the elements that matter here. */
const schema: Readonly<
  Record<string, { required: readonly string[]; optional: readonly string[]; children: readonly string[] }>
> = {
  testsuites: { required: [], optional: ['name', 'time', 'tests', 'failures', 'errors'], children: ['testsuite'] },
  testsuite: {
    required: ['name', 'tests', 'failures', 'errors'],
    optional: ['group', 'time', 'skipped', 'timestamp', 'hostname', 'id', 'package', 'file', 'log', 'url'],
    children: ['testsuite', 'properties', 'testcase', 'system-out', 'system-err'],
  },
  properties: { required: [], optional: [], children: ['property'] },
  property: { required: ['name', 'value'], optional: [], children: [] },
  testcase: {
    required: ['name'],
    optional: ['time', 'classname', 'group'],
    children: ['skipped', 'error', 'failure', 'system-out', 'system-err'],
  },
  failure: { required: [], optional: ['type', 'message'], children: [] },
  error: { required: [], optional: ['type', 'message'], children: [] },
};

/** What is not as the schema says; empty: it is valid. */
const problemsOf = (xml: string): string[] => {
  const wellFormed = XMLValidator.validate(xml);
  if (wellFormed !== true) return [wellFormed.err.msg];
  const unsaid = /[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u.exec(xml);
  if (unsaid) return [`a character that XML does not have at ${unsaid.index}`];
  const roots = nodesOf(parser.parse(xml)).filter(({ name }) => name !== '?xml');
  const rootProblems = roots.length === 1 && roots[0]?.name === 'testsuites' ? [] : ['the root is not testsuites'];
  const check = ({ name, attributes, children }: Node): string[] => {
    const said = schema[name];
    if (!said) return [`there is no element ${name}`];
    const given = Object.keys(attributes);
    return [
      ...said.required.filter((key) => !given.includes(key)).map((key) => `${name} lacks ${key}`),
      ...given
        .filter((key) => ![...said.required, ...said.optional].includes(key))
        .map((key) => `${name} has no attribute ${key}`),
      ...children.filter((child) => !said.children.includes(child.name)).map((child) => `${child.name} in ${name}`),
      ...children.flatMap(check),
    ];
  };
  return [...rootProblems, ...roots.flatMap(check)];
};

const suiteOf = (xml: string): Node => nodesOf(parser.parse(xml)).at(-1)?.children[0] as Node;
const golden = fileURLToPath(new URL('../../../properties/golden/grade.junit.xml', import.meta.url));

let graded: Graded;
beforeAll(async () => {
  graded = gradedOf('ann', [
    await lostTo('ipc/pipe/answers-what-was-asked'),
    earned('faultless', 'the machine never faults'),
    undecided('progress', 'nobody waits for ever', 'the time was up'),
  ]);
});

describe('JUnit XML', () => {
  test('is valid, and as it was', async () => {
    const xml = junitXml(shownTo('grader', graded));
    expect(problemsOf(xml)).toEqual([]);
    await expect(xml).toMatchFileSnapshot(golden);
  });

  test('counts what it has: a failure for what is refuted, an error for what is not decided', () => {
    const { attributes, children } = suiteOf(junitXml(shownTo('grader', graded)));
    expect(attributes).toMatchObject({ tests: '3', failures: '1', errors: '1' });
    const cases = children.filter(({ name }) => name === 'testcase');
    expect(cases.map(({ children: inside }) => inside.map(({ name, attributes: { type } }) => [name, type]))).toEqual([
      [['failure', 'wrong answer']],
      [],
      [['error', 'gave up']],
    ]);
  });

  test('of what could not be judged has an error', () => {
    const xml = junitXml(shownTo('grader', gradedOf('bob', [], { reason: 'hung', why: 'no micro-op' })));
    expect(problemsOf(xml)).toEqual([]);
    const suite = suiteOf(xml);
    expect(suite.attributes).toMatchObject({ tests: '1', errors: '1' });
    expect(suite.children.at(-1)?.children[0]).toMatchObject({
      name: 'error',
      attributes: { type: 'hung', message: 'no micro-op' },
    });
  });

  test('is valid whatever a submission says, and says the same', () => {
    const hostile = ']]> <failure/> & "\' <!-- \u0000\u0008\u001b \u202e \ud800 </testsuites> &#0; \ufffe end';
    const failure = { reason: 'died', why: hostile } as const;
    const xml = junitXml(shownTo('grader', gradedOf(hostile, [undecided(hostile, hostile, hostile)], failure)));
    expect(problemsOf(xml)).toEqual([]);
    const [, submission, test] = suiteOf(xml).children;
    expect(submission?.children[0]?.text).toContain(']]> <failure/> & "\' <!-- ‹U+0000›');
    expect(test?.attributes['name']).toContain('</testsuites> &#0; ‹U+FFFE› end');
  });

  test('shows a student what a student may see', () => {
    const secret = gradedOf('ann', [earned('open', 'Open'), earned('SECRET', 'SECRET', 'hidden')]);
    expect(junitXml(shownTo('student', secret))).not.toContain('SECRET');
    expect(junitXml(shownTo('grader', secret))).toContain('SECRET');
  });
});

describe('the check refuses', () => {
  const wrong: readonly (readonly [string, string])[] = [
    ['what is not well-formed', '<testsuites><testsuite></testsuites>'],
    ['another root', '<tests/>'],
    ['a suite without counts', '<testsuites><testsuite name="a"/></testsuites>'],
    [
      'a case without a name',
      '<testsuites><testsuite name="a" tests="1" failures="0" errors="0"><testcase/></testsuite></testsuites>',
    ],
    ['an attribute that there is not', '<testsuites score="1"/>'],
    [
      'an element that there is not',
      '<testsuites><testsuite name="a" tests="1" failures="0" errors="0"><hint/></testsuite></testsuites>',
    ],
    [
      'a failure outside of a case',
      '<testsuites><testsuite name="a" tests="1" failures="0" errors="0"><failure/></testsuite></testsuites>',
    ],
    ['a character that XML does not have', '<testsuites name="\u0001"/>'],
  ];

  test.each(wrong)('%s', (_, xml) => {
    expect(problemsOf(xml)).not.toEqual([]);
  });
});
