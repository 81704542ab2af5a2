import type { Counterexample } from '#model/counterexample.ts';
import type { CheckResult } from '#model/engine/check.ts';
import type { ClaimResult } from '#model/engine/plan.ts';
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
  const stories = new Map([...checked.stories, [canary.counterexample.id, canaryStory]]);
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
