import type { OrderReport, SiteReport } from '#model/engine/plan.ts';
import { type Output, styled } from '#reports/cli/output.ts';
import { plural, sizeText } from '#reports/text/story.ts';
import { plainTable } from '#reports/text/summary.ts';

/** Each site with its order, whom it pairs with, and what breaks when it is made weaker. */
export const orderingTable = (sites: readonly SiteReport[], output: Output): string =>
  plainTable([
    ['', 'site', 'order', 'partner', 'weakened to', 'what breaks'].map((head) => styled(output, 'dim', head)),
    ...sites.flatMap(({ site, weakened }) => {
      const name = site.name ?? (site.word === null ? '(no name: a fence)' : `(no name: ${site.word})`);
      const head = [name, site.order, site.partners.join(', ') || '-'];
      if (weakened.length === 0) return [[styled(output, 'red', '✗'), ...head, '-', 'not tried: give it a name']];
      return weakened.map(({ to, counterexample }, i) => [
        counterexample ? styled(output, 'green', '✓') : styled(output, 'red', '✗'),
        ...(i === 0 ? head : ['', '', '']),
        to,
        counterexample
          ? `${counterexample.claim}: ${counterexample.violation.kind}, ${sizeText(counterexample.story)}`
          : 'nothing that was found: it seems stronger than needed',
      ]);
    }),
  ]);

/** How many of the orders are needed, in one line. */
export const orderingSummary = ({ sites }: OrderReport): string =>
  `${sites.filter(isNeeded).length} of ${plural(sites.length, 'order')} needed`;

/** Whether each weaker order breaks something. */
export const isNeeded = ({ weakened }: SiteReport): boolean =>
  weakened.length > 0 && weakened.every(({ counterexample }) => counterexample !== undefined);
