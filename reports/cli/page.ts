import type { Counterexample } from '#model/counterexample.ts';
import type { CheckResult } from '#model/engine/check.ts';
import { rigFor, usualLimits } from '#model/engine/explore/execution.ts';
import type { ClaimResult } from '#model/engine/plan.ts';
import { tellExample } from '#model/engine/trace/example.ts';
import type { Story } from '#model/engine/trace/story.ts';
import { tell } from '#model/engine/trace/tell.ts';
import { loadImplementation, rigOf } from '#reports/cli/counterexamples.ts';
import type { Exhibit } from '#reports/cli/museum.ts';
import { version } from '#reports/cli/version.ts';
import { renderPage } from '#reports/html/page.ts';
import { type Findings, type PageExample, pageData } from '#reports/html/page-data.ts';

const generatedWith = { version, node: process.versions.node };

/** What a check leaves for its page. */
export interface Checked {
  readonly results: readonly CheckResult[];
  readonly exhibits: readonly Exhibit[];
  /** Each counterexample told, by its id. */
  readonly stories: ReadonlyMap<string, Story>;
  readonly canary: ClaimResult & { readonly counterexample: Counterexample };
  /** The command that replays each counterexample. */
  readonly replays: ReadonlyMap<string, string>;
  readonly seed: number;
  readonly budget: string;
  readonly seconds: number;
}

/** The page of a check: its claims, the museum, and every story. */
export const checkPage = async (checked: Checked): Promise<string> => {
  const { results, exhibits, canary, replays, seed, budget, seconds } = checked;
  const canaryStory = tell(await rigOf(canary.counterexample), canary.counterexample);
  const examples = await examplesOf(results);
  const stories = new Map([
    ...checked.stories,
    [canary.counterexample.id, canaryStory],
    ...examples.map(({ id, story }) => [id, story] as const),
  ]);
  const museum = exhibits.map(({ mutant, claim }) => ({ mutant, result: claim }));
  const common = { title: 'Rendezvous', seed, budget, generatedWith, wallSeconds: seconds };
  return renderPage(pageData({ ...common, checks: results, museum, canary, stories, examples, replays }));
};

/** One execution of each scenario that is an example, by the references that were checked. */
const examplesOf = async (results: readonly CheckResult[]): Promise<(PageExample & { readonly story: Story })[]> => {
  const examples: (PageExample & { readonly story: Story })[] = [];
  for (const { plan } of results) {
    const { variant, implementation } = plan;
    const { subject } = plan.suite;
    const shown = subject.scenarios(variant).filter(({ name }) => subject.examples?.includes(name));
    if (implementation.tag !== 'reference' || shown.length === 0) continue;
    const rig = rigFor(subject, variant, await loadImplementation(subject.id, variant, implementation));
    for (const [i, { name, program }] of shown.entries()) {
      const story = tellExample(rig, { sentence: name, implementation, program }, usualLimits, null);
      const id = `example-${subject.id.replaceAll('/', '-')}-${variant}-${i}`;
      examples.push({ subject: subject.id, variant, scenario: name, id, story });
    }
  }
  return examples;
};

/** The page of one counterexample. */
export const storyPage = (story: Story, { id, seed }: Counterexample, replay: string): string =>
  pageOfOne(story, id, seed, new Map([[id, replay]]));

/** The page of one execution in which nothing went wrong. */
export const examplePage = (story: Story, seed: number): string => pageOfOne(story, 'example', seed, new Map());

const pageOfOne = (story: Story, id: string, seed: number, replays: ReadonlyMap<string, string>): string => {
  const findings: Findings = {
    title: story.sentence,
    seed,
    budget: '',
    generatedWith,
    checks: [],
    museum: [],
    stories: new Map([[id, story]]),
    replays,
  };
  return renderPage(pageData(findings));
};
