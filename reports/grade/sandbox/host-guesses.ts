/** Which words routines will be given: guessed, so that they can go on before the checker says. Wrong ones cost time only. */
import { heldAfter } from '#reports/grade/sandbox/access.ts';
import { givesNothing, kinds, type SentOp } from '#reports/grade/sandbox/protocol.ts';

/** What is known of whoever runs a routine, by what that has been given. */
export interface Runner {
  /** All routines that are begun alike probably run on the core that one of them ran on. */
  readonly likes: string;
  core: number | undefined;
  maskDepth: number;
}

/** What was given for a micro-op of that kind, at that address: the last word, and how often in a row. */
interface Given {
  word: number;
  timesInARow: number;
}

/** A guess by what was given last is made where it was right so often. */
const timesUntilGuessed = 3;

const placeOf = ([kind, address]: SentOp): string => `${kind} ${address}`;

export class Guesses {
  /** As the checker has told; and what the routine that is ahead of the checker has written since. */
  readonly #memory = new Map<unknown, number>();
  readonly #ahead = new Map<unknown, number>();
  readonly #given = new Map<string, Given>();
  readonly #cores = new Map<string, number>();

  runner(likes: string): Runner {
    return { likes, core: this.#cores.get(likes), maskDepth: 0 };
  }

  /** Memory holds these now: addresses and words in turn. Nobody is ahead. */
  told(news: readonly number[]): void {
    for (let i = 0; i < news.length; i += 2) this.#memory.set(news[i], news[i + 1] as number);
    this.#ahead.clear();
  }

  /** A routine at that micro-op was given that word, or goes on as if it had been. */
  gives([kind]: SentOp, word: number, runner: Runner): void {
    if (kind === kinds.maskInterrupts) runner.maskDepth = word + 1;
    else if (kind === kinds.unmaskInterrupts) runner.maskDepth = Math.max(0, runner.maskDepth - 1);
    else if (kind === kinds.coreNumber) runner.core = word;
  }

  /** The same, and it was no guess: there is something to be learnt from it. */
  gave(op: SentOp, word: number, runner: Runner): void {
    this.gives(op, word, runner);
    if (op[0] === kinds.coreNumber) this.#cores.set(runner.likes, word);
    const place = placeOf(op);
    const known = this.#given.get(place);
    if (known?.word === word) known.timesInARow++;
    else this.#given.set(place, { word, timesInARow: 1 });
  }

  /** What a routine at that micro-op will be given; undefined: that is for the checker to say. */
  guess(op: SentOp, runner: Runner): number | undefined {
    const [kind, address] = op;
    // Whoever switches goes on when others have run; whoever waits, too.
    if (kind === kinds.switchTo || kind === kinds.idle) return undefined;
    if (kind === kinds.maskInterrupts || kind === kinds.maskDepth) return runner.maskDepth;
    if (kind === kinds.coreNumber && runner.core !== undefined) return runner.core;
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
