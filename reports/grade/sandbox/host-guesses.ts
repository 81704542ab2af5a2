/** Which words routines will be given: guessed, so that they can go on before the checker says. Wrong ones cost time only. */
import { heldAfter } from '#reports/grade/sandbox/access.ts';
import { givesNothing, kinds, type SentOp } from '#reports/grade/sandbox/protocol.ts';

/** What is known of whoever runs a routine, by what that has been given. */
export interface Runner {
  /** All routines that are begun alike probably run on the core that one of them ran on. */
  readonly likes: string;
  core: number | undefined;
  maskDepth: number;
  /** How many words it has been given. */
  steps: number;
  /** The guesses that it goes on by; and the one that it has not dared to. */
  relied: Reliance[];
  withheld: { readonly word: number; readonly reliance: Reliance } | undefined;
}

/** How often guesses of a kind of micro-op at an address were right, lately. */
interface Reliance {
  right: number;
  wrong: number;
}

/** What was given for a micro-op of that kind, at that address: the last word, and how often in a row. */
interface Given {
  word: number;
  timesInARow: number;
}

/** A guess by what was given last is made where it was right so often. */
const timesUntilGuessed = 3;

/** A right guess saves a question. A wrong one costs one more, and all steps from the beginning: so many take as long as one. */
const stepsPerQuestion = 150;

/** So many guesses count; then older ones do by half. */
const guessesThatCount = 200;

const count = (reliance: Reliance, how: keyof Reliance): void => {
  reliance[how]++;
  if (reliance.right + reliance.wrong <= guessesThatCount) return;
  reliance.right /= 2;
  reliance.wrong /= 2;
};

const placeOf = ([kind, address]: SentOp): string => `${kind} ${address}`;

export class Guesses {
  /** As the checker has told; and what the routine that is ahead of the checker has written since. */
  readonly #memory = new Map<unknown, number>();
  readonly #ahead = new Map<unknown, number>();
  readonly #given = new Map<string, Given>();
  readonly #cores = new Map<string, number>();
  readonly #reliances = new Map<string, Reliance>();

  runner(likes: string): Runner {
    return { likes, core: this.#cores.get(likes), maskDepth: 0, steps: 0, relied: [], withheld: undefined };
  }

  /** Memory holds these now: addresses and words in turn. Nobody is ahead. */
  told(news: readonly number[]): void {
    for (let i = 0; i < news.length; i += 2) this.#memory.set(news[i], news[i + 1] as number);
    this.#ahead.clear();
  }

  /** A routine at that micro-op was given that word, or goes on as if it had been. */
  gives([kind]: SentOp, word: number, runner: Runner): void {
    runner.steps++;
    if (kind === kinds.maskInterrupts) runner.maskDepth = word + 1;
    else if (kind === kinds.unmaskInterrupts) runner.maskDepth = Math.max(0, runner.maskDepth - 1);
    else if (kind === kinds.coreNumber) runner.core = word;
    else if (kind === kinds.switchTo) runner.core = undefined; // it may go on elsewhere
  }

  /** The same, and it was no guess: there is something to be learnt from it. */
  gave(op: SentOp, word: number, runner: Runner): void {
    this.gives(op, word, runner);
    if (op[0] === kinds.coreNumber) this.#cores.set(runner.likes, word);
    const place = placeOf(op);
    const known = this.#given.get(place);
    if (known?.word === word) known.timesInARow++;
    else this.#given.set(place, { word, timesInARow: 1 });
    for (const reliance of runner.relied) count(reliance, 'right');
    if (runner.withheld) count(runner.withheld.reliance, runner.withheld.word === word ? 'right' : 'wrong');
    runner.relied = [];
    runner.withheld = undefined;
  }

  /** A routine is begun again since what it was given at that micro-op was guessed wrong. */
  mistook(op: SentOp): void {
    count(this.#relianceOn(placeOf(op)), 'wrong');
  }

  #relianceOn(place: string): Reliance {
    const known = this.#reliances.get(place);
    if (known) return known;
    const reliance = { right: 0, wrong: 0 };
    this.#reliances.set(place, reliance);
    return reliance;
  }

  /** What a routine at that micro-op will be given; undefined: that is for the checker to say. */
  guess(op: SentOp, runner: Runner): number | undefined {
    const word = this.#likely(op, runner);
    if (word === undefined) return undefined;
    const reliance = this.#relianceOn(placeOf(op));
    if (reliance.wrong * (stepsPerQuestion + runner.steps) > reliance.right * stepsPerQuestion) {
      runner.withheld = { word, reliance };
      return undefined;
    }
    runner.relied.push(reliance);
    return word;
  }

  /** What it is given if all is as it seems. */
  #likely(op: SentOp, runner: Runner): number | undefined {
    const [kind, address] = op;
    // Whoever switches goes on when others have run; whoever waits, too.
    if (kind === kinds.switchTo || kind === kinds.idle) return undefined;
    if (kind === kinds.maskInterrupts || kind === kinds.maskDepth) return runner.maskDepth;
    if (kind === kinds.coreNumber) return runner.core;
    const word = this.#ahead.get(address) ?? this.#memory.get(address);
    if (word !== undefined && kind !== null && kind <= kinds.awaitWord) return this.#access(op, word);
    if (givesNothing.has(kind)) return 0;
    const known = this.#given.get(placeOf(op));
    return known !== undefined && known.timesInARow >= timesUntilGuessed ? known.word : undefined;
  }

  /** An access that finds that word. One that fails, or that waits, is for the checker to say. */
  #access([kind, address, operand, expected]: SentOp, word: number): number | undefined {
    if (kind === kinds.compareAndSwap && word !== expected) return undefined;
    if (kind === kinds.awaitWord) return (word === operand) === (expected === 0) ? 0 : undefined;
    const held = heldAfter({ kind, operand, expected }, word);
    if (held !== undefined) this.#ahead.set(address, held);
    return kind === kinds.store ? 0 : word;
  }
}
