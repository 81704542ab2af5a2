import type { Costs } from '#impl/machine/cost.ts';
import type { Traced } from '#impl/machine/machine.ts';
import type { End } from '#model/engine/explore/execution.ts';
import type { Figure } from '#model/figure.ts';
import type { AnyCall, Program, Subject } from '#model/subject.ts';
import type { ThreadId } from '#spec/abi.ts';

/** A call of an execution and its answer; none if it was never answered. Steps count visible micro-ops. */
export interface ObservedCall<Call = AnyCall, Answer = unknown> {
  readonly thread: ThreadId;
  readonly call: Call;
  readonly answer: Answer | undefined;
  readonly invokedStep: number;
  readonly answeredStep: number | undefined;
}

/** What can be seen of an execution from outside: its calls in the order they began, what it cost, how it ended. */
export interface Observation<Call = AnyCall, Answer = unknown, Parameters = unknown> {
  readonly program: Program<Call, Parameters>;
  readonly calls: readonly ObservedCall<Call, Answer>[];
  readonly costs: Costs;
  /** What the implementation's tracepoints told, in order. */
  readonly traced: readonly Traced[];
  readonly end: End;
}

/** What every claim has. */
interface Common {
  /** Unique within its subject. */
  readonly id: string;
  /** The claim as a plain sentence. */
  readonly sentence: string;
  /** The claims of the course notes that it checks (`claims.json`). */
  readonly checks: readonly string[];
  /** The variants that it is made about; all if absent. */
  readonly variants: readonly string[] | undefined;
  /** It is made about the reference and its mutants only: how well, where others may do it worse and be right. */
  readonly isOfReference: boolean;
}

/** A property of a subject, as data. What each tag means is said at the function that makes it. */
export type Claim<State = unknown, Call extends AnyCall = AnyCall, Answer = unknown, Parameters = unknown> = Common &
  (
    | { readonly tag: 'refines' | 'linearizes' | 'progress' | 'faultless' }
    | { readonly tag: 'ordering'; readonly responsible: readonly string[] }
    | { readonly tag: 'always'; holds(state: State): boolean }
    | { readonly tag: 'never'; holds(state: State): boolean }
    | { readonly tag: 'sometimes'; holds(state: State): boolean }
    | { readonly tag: 'costs'; holds(run: Observation<Call, Answer, Parameters>): boolean }
    | { readonly tag: 'observes'; holds(run: Observation<Call, Answer, Parameters>): boolean }
  );

/** What may be said about any claim when it is made. */
export interface About {
  readonly id?: string;
  readonly checks?: readonly string[];
  readonly variants?: readonly string[];
  readonly isOfReference?: boolean;
}

const common = (id: string, sentence: string, about: About): Common => ({
  id: about.id ?? id,
  sentence,
  checks: about.checks ?? [],
  variants: about.variants,
  isOfReference: about.isOfReference ?? false,
});

/** A claim about the spec's states. */
export type StateClaim = Extract<Claim, { tag: 'always' | 'never' | 'sometimes' }>;

export const isAboutStates = (claim: Claim): claim is StateClaim =>
  claim.tag === 'always' || claim.tag === 'never' || claim.tag === 'sometimes';

/** The claim as it is shown: for the quantified ones, with the word that says which way round. */
export const showClaim = (claim: Claim): string =>
  isAboutStates(claim) ? `${claim.tag}: ${claim.sentence}` : claim.sentence;

const idOf = (sentence: string): string =>
  sentence
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '');

/** One call at a time, each call answers and does what the spec says (fast-check commands). */
export const refines = (about: About = {}): Claim => ({
  tag: 'refines',
  ...common('refines', 'one call at a time, it does what the spec says', about),
});

/** Calls that overlap answer as if each had happened, part by part, at some moment between its start and its end. */
export const linearizes = (about: About = {}): Claim => ({
  tag: 'linearizes',
  ...common('linearizes', 'overlapping calls answer as the spec allows', about),
});

/** When the machine stops, nobody waits who could go on; and it does stop. No lost wakeup, deadlock or livelock. */
export const progress = (about: About = {}): Claim => ({
  tag: 'progress',
  ...common('progress', 'nobody is left waiting who could go on', about),
});

/** The machine never faults: no bad access, no use after free, no panic. */
export const faultless = (about: About = {}): Claim => ({
  tag: 'faultless',
  ...common('faultless', 'the machine never faults', about),
});

/** Every state that an execution passes through, as the spec explains it, satisfies `holds`. */
export const always = <State>(sentence: string, holds: (state: State) => boolean, about: About = {}): Claim<State> => ({
  tag: 'always',
  holds,
  ...common(idOf(sentence), sentence, about),
});

/** Some execution passes through a state that satisfies `holds`: guards the other claims from emptiness. */
export const sometimes = <State>(
  sentence: string,
  holds: (state: State) => boolean,
  about: About = {},
): Claim<State> => ({ tag: 'sometimes', holds, ...common(idOf(sentence), sentence, about) });

/** No execution passes through a state that satisfies `holds`. */
export const never = <State>(sentence: string, holds: (state: State) => boolean, about: About = {}): Claim<State> => ({
  tag: 'never',
  holds,
  ...common(idOf(sentence), sentence, about),
});

/** Every execution stays within a bound on its cost counters. */
export const costs = <Call extends AnyCall, Answer, Parameters>(
  sentence: string,
  holds: (run: Observation<Call, Answer, Parameters>) => boolean,
  about: About = {},
): Claim<unknown, Call, Answer, Parameters> => ({ tag: 'costs', holds, ...common(idOf(sentence), sentence, about) });

/** Every execution's calls and answers, looked at from outside and without the spec, satisfy `holds`. */
export const observes = <Call extends AnyCall, Answer, Parameters>(
  sentence: string,
  holds: (run: Observation<Call, Answer, Parameters>) => boolean,
  about: About = {},
): Claim<unknown, Call, Answer, Parameters> => ({ tag: 'observes', holds, ...common(idOf(sentence), sentence, about) });

/**
 * Each order in the code is needed: weakened, something breaks under rc11. That it suffices is what the other claims say.
 * The claim is about the sites that the implementation's own file names, and those that begin with one of `responsible`.
 */
export const ordering = (responsible: readonly string[] = [], about: About = {}): Claim => ({
  tag: 'ordering',
  responsible,
  ...common('ordering', 'each order is needed: weakened, something breaks', { ...about, isOfReference: true }),
});

/** A subject and what is claimed about it; and what follows from what was counted of it, as curves. */
export interface Suite {
  readonly subject: Subject;
  readonly claims: readonly Claim[];
  readonly figures?: readonly Figure[];
}

/** The claims of a suite that are made about a variant. */
export const claimsAbout = (suite: Suite, variant: string): readonly Claim[] =>
  suite.claims.filter((claim) => claim.variants?.includes(variant) ?? true);

/** Puts claims and subject together; ids must be unique. */
export const suite = <State, Call extends AnyCall, Answer, Parameters, Module, Layout>(
  subject: Subject<State, Call, Answer, Parameters, Module, Layout>,
  claims: readonly Claim<NoInfer<State>, NoInfer<Call>, NoInfer<Answer>, NoInfer<Parameters>>[],
  figures: readonly Figure[] = [],
): Suite => ({ subject: subject as Subject, claims: claims as readonly Claim[], figures });
