import type { SiteReport } from '#model/engine/plan.ts';
import { type Output, styled } from '#reports/cli/output.ts';
import { sizeText } from '#reports/text/story.ts';
import { plainTable } from '#reports/text/summary.ts';

/** Each site with its order, whom it pairs with, and what breaks when it is made weaker. */
export const orderingTable = (reports: readonly SiteReport[], output: Output): string =>
  plainTable([
    ['', 'site', 'order', 'partner', 'weakened to', 'what breaks'].map((head) => styled(output, 'dim', head)),
    ...reports.flatMap(({ site, weakened }) => {
      const head = [site.name ?? `(no name: ${site.word ?? 'a fence'})`, site.order, site.partners.join(', ') || '-'];
      if (weakened.length === 0) return [[styled(output, 'red', '✗'), ...head, '-', 'give it a name']];
      return weakened.map(({ to, counterexample }, i) => [
        counterexample ? styled(output, 'green', '✓') : styled(output, 'red', '✗'),
        ...(i === 0 ? head : ['', '', '']),
        to,
        counterexample
          ? `${counterexample.claim}: ${counterexample.violation.kind}, ${sizeText(counterexample.story)}`
          : 'nothing that was found: it is stronger than needed',
      ]);
    }),
  ]);
