/** The first thing a reader sees: a verdict at a glance, then what was checked and how far it was explored. */
import type { PageCanary, PageCheck, PageClaim, PageData } from '#reports/html/client/data.ts';
import { make } from '#reports/html/client/dom.ts';
import { figureElement } from '#reports/html/client/figure.ts';
import { ordersElement } from '#reports/html/client/orders.ts';
import { memoryElement } from '#reports/html/client/weak.ts';
import type { Words } from '#reports/html/client/words.ts';

type Link = (story: string, what: string) => HTMLElement;

/** So many implementations are shown opened; of more, only those with something to look at. */
const openedAtMost = 4;

/** The verdict at the top: one line that is read at a glance, then how much work is behind it. */
export const heroElement = (data: PageData, words: Words): HTMLElement => {
  const claims = data.checks.flatMap((check) => check.claims);
  const count = (verdict: PageClaim['verdict']): number => claims.filter((claim) => claim.verdict === verdict).length;
  const killed = data.museum.filter(({ verdict }) => verdict === 'refuted').length;
  const isBroken = data.canary !== null && data.canary.verdict !== 'refuted';
  const allHold = count('holds') === claims.length;
  const tone =
    isBroken || count('refuted') > 0 ? 'refuted' : allHold && killed === data.museum.length ? 'holds' : 'gave-up';
  const held = allHold ? words.allHold : words.someHold(count('holds'), count('refuted'), count('gave-up'));
  const scenarios = data.checks.flatMap((check) => check.exhausted);
  const total = (of: 'executions' | 'steps' | 'states'): number =>
    data.checks.reduce((sum, check) => sum + check[of], 0);
  const fact = (value: string, name: string): HTMLElement =>
    make('div', {}, make('dd', {}, value), make('dt', {}, name));
  return make(
    'section',
    { class: `hero ${tone}` },
    make('span', { class: 'sign', 'aria-hidden': 'true' }, tone === 'holds' ? '✓' : tone === 'refuted' ? '✕' : '?'),
    make(
      'div',
      {},
      make(
        'h2',
        {},
        claims.length === 0
          ? words.nothingChecked + words.stop
          : `${words.checked(data.checks.length, claims.length)}${words.colon}${held}${words.stop}`,
      ),
      data.museum.length > 0 && make('p', { class: 'second' }, words.killed(killed, data.museum.length) + words.stop),
      make(
        'dl',
        { class: 'tiles' },
        fact(words.number(total('executions')), words.facts.executions),
        fact(words.number(total('steps')), words.facts.steps),
        fact(words.number(total('states')), words.facts.states),
        scenarios.length > 0 &&
          fact(`${scenarios.filter(({ end }) => end === 'all').length} / ${scenarios.length}`, words.facts.scenarios),
      ),
      make(
        'p',
        { class: 'small' },
        [
          words.madeWith(data.budget, data.seed, data.generatedWith.version, data.generatedWith.node),
          data.wallSeconds !== null && words.seconds(data.wallSeconds),
        ]
          .filter(Boolean)
          .join(words.comma),
      ),
      data.memories.length > 0 &&
        make(
          'ul',
          { class: 'small memories' },
          make('li', {}, words.under + words.colon),
          ...data.memories.map((memory) => make('li', {}, memoryElement(memory, '', words))),
        ),
    ),
  );
};

/** The claim that must fail, and whether it did. */
export const canaryElement = (canary: PageCanary, words: Words, link: Link): HTMLElement => {
  const works = canary.verdict === 'refuted';
  return make(
    'section',
    { class: `canary ${works ? 'holds' : 'refuted'}` },
    make('h3', {}, words.canary),
    make('p', {}, works ? words.canaryWorks(canary.executions) : words.canaryBroken),
    make('p', { class: 'small' }, make('q', {}, canary.sentence), ` ${canary.subject} · ${canary.variant}`),
    canary.story !== null && link(canary.story, canary.sentence),
  );
};

/** Each implementation with its claims. */
export const checksElement = (checks: readonly PageCheck[], words: Words, link: Link): HTMLElement =>
  make(
    'section',
    { class: 'checks', id: 'checks' },
    make('h2', {}, words.whatWasChecked),
    ...checks.map((check) => checkElement(check, checks.length <= openedAtMost, words, link)),
  );

const checkElement = (check: PageCheck, isOpen: boolean, words: Words, link: Link): HTMLElement => {
  const { claims } = check;
  const refuted = claims.filter(({ verdict }) => verdict === 'refuted').length;
  const gaveUp = claims.filter(({ verdict }) => verdict === 'gave-up').length;
  const tone = refuted > 0 ? 'refuted' : gaveUp > 0 ? 'gave-up' : 'holds';
  const key = `${check.subject} ${check.variant} ${check.implementation}`;
  const held = tone === 'holds' ? words.allHold : words.someHold(claims.length - refuted - gaveUp, refuted, gaveUp);
  return make(
    'details',
    { class: 'check', 'data-key': key, open: isOpen || tone !== 'holds' },
    make(
      'summary',
      {},
      make('span', { class: `badge ${tone}` }, words.verdict[tone]),
      make(
        'span',
        { class: 'what' },
        make('b', {}, `${check.subject} · ${check.variant}`),
        make('small', {}, words.implementation[check.implementation] ?? check.implementation),
      ),
      make('small', { class: 'numbers' }, `${words.claims(claims.length)}${words.comma}${held}`),
    ),
    make('p', {}, check.summary),
    make(
      'p',
      { class: 'small' },
      [words.executions(check.executions), words.steps(check.steps), words.states(check.states)].join(' · '),
    ),
    make('ul', { class: 'claims' }, ...claims.map((claim) => claimElement(claim, words, link))),
    ...check.figures.map(figureElement),
    check.examples.length > 0 &&
      make(
        'p',
        { class: 'small examples' },
        words.examples + words.colon,
        ...check.examples.flatMap(({ scenario, story }) => [scenario, ' ', link(story, scenario), ' ']),
      ),
    check.orders.length > 0 && ordersElement(check.orders, words, link),
    check.exhausted.length > 0 && scenariosElement(check, words),
  );
};

const claimElement = (claim: PageClaim, words: Words, link: Link): HTMLElement =>
  make(
    'li',
    {},
    make('span', { class: `badge ${claim.verdict}` }, words.verdict[claim.verdict]),
    make(
      'span',
      { class: 'what' },
      claim.sentence,
      claim.why !== null && make('small', { class: 'why' }, claim.why),
      claim.checks.length > 0 &&
        make('small', { class: 'notes' }, `${words.courseNotes}${words.colon}${claim.checks.join(', ')}`),
      claim.story !== null && link(claim.story, claim.sentence),
    ),
    make('small', { class: 'numbers' }, words.executions(claim.executions)),
  );

const scenariosElement = ({ exhausted }: PageCheck, words: Words): HTMLElement =>
  make(
    'details',
    { class: 'scenarios' },
    make('summary', {}, words.scenarios(exhausted.filter(({ end }) => end === 'all').length, exhausted.length)),
    make(
      'ul',
      {},
      ...exhausted.map(({ scenario, preemptions, end, executions }) =>
        make(
          'li',
          {},
          make('span', { 'aria-hidden': 'true' }, end === 'all' || end === 'schedules' ? '✓ ' : '… '),
          `${scenario}${words.colon}${words.explored[end](preemptions)}${words.comma}${words.executions(executions)}`,
        ),
      ),
    ),
  );
