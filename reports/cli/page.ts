import type { Counterexample } from '#model/counterexample.ts';
import type { CheckResult } from '#model/engine/check.ts';
import { rigFor } from '#model/engine/explore/execution.ts';
import { type ClaimResult, storiesOf } from '#model/engine/plan.ts';
import type { Story } from '#model/engine/trace/story.ts';
import { tell } from '#model/engine/trace/tell.ts';
import { rigOf } from '#reports/cli/counterexamples.ts';
import type { Exhibit } from '#reports/cli/museum.ts';
import { version } from '#reports/cli/version.ts';
import { renderPage } from '#reports/html/page.ts';
import { type Findings, pageData } from '#reports/html/page-data.ts';

const generatedWith = { version, node: process.versions.node };

/** What a check leaves for its page. */
export interface Checked {
  readonly results: readonly CheckResult[];
  readonly exhibits: readonly Exhibit[];
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
  const stories = new Map<string, Story>();
  for (const { plan, claims } of [...results, ...exhibits.map((exhibit) => exhibit.result)]) {
    const rig = rigFor(plan.suite.subject, plan.variant, plan.world);
    for (const counterexample of claims.flatMap(storiesOf)) stories.set(counterexample.id, tell(rig, counterexample));
  }
  stories.set(canary.counterexample.id, tell(await rigOf(canary.counterexample), canary.counterexample));
  const museum = exhibits.map(({ mutant, claim }) => ({ mutant, result: claim }));
  const common = { title: 'Rendezvous', seed, budget, generatedWith, wallSeconds: seconds };
  return renderPage(pageData({ ...common, checks: results, museum, canary, stories, replays }));
};

/** The page of one counterexample. */
export const storyPage = (story: Story, counterexample: Counterexample, replay: string): string => {
  const { id, seed, sentence } = counterexample;
  const findings: Findings = {
    title: sentence,
    seed,
    budget: '',
    generatedWith,
    checks: [],
    museum: [],
    stories: new Map([[id, story]]),
    replays: new Map([[id, replay]]),
  };
  return renderPage(pageData(findings));
};
