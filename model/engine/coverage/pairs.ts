import type { Frame } from '#impl/machine/context.ts';
import { Kind, type Word } from '#impl/machine/ops.ts';

/** Two places in the code that touch the same word, each in another thread or dispatcher, and one of them writes it. */
export interface Pair {
  /** The names of the places; `first` is the one whose order was met more often. */
  readonly first: string;
  readonly second: string;
  /** How often `first` came just before `second`, and the other way round: no write to the word was between them. */
  readonly before: number;
  readonly after: number;
  /** The words, by what their names have in common. */
  readonly words: readonly string[];
  /** Whether it is the implementation's own: on a word that it has laid out, or of a site that its own text names. */
  readonly isOwn: boolean;
}

/** Who touched a word, and where in the code. */
interface Touch {
  readonly context: number;
  readonly place: number;
}

/** What was last done to a word. */
interface Last {
  write: Touch | undefined;
  /** Who has read what was written last. */
  readonly reads: Touch[];
}

/** What a place does to its word, where it has no name to be told by. */
const deeds: Readonly<Record<number, string>> = {
  [Kind.load]: 'reads',
  [Kind.store]: 'writes',
  [Kind.compareAndSwap]: 'swaps',
  [Kind.fetchAdd]: 'adds to',
  [Kind.swap]: 'swaps',
  [Kind.awaitWord]: 'awaits',
};

/** Words that differ only in a number are alike: `slots[3]` is one of `slots`, `T1.state` of `T*.state`. */
const alike = (name: string): string => name.replace(/\[\d+\]$/, '').replaceAll(/\d+/g, '*');

/** A place in the code. */
interface Place {
  readonly name: string;
  /** It is a site that the implementation's own text names. */
  readonly isOwn: boolean;
}

/** One order of two places. */
interface Order {
  count: number;
  readonly words: Set<string>;
  /** One of the words is the implementation's own. */
  isOwn: boolean;
}

/**
 * Which pairs of places were met, and in which orders. It is told every access of an execution in the order in which they
 * happen, so it wants a memory in which that order is the only one (`sc`).
 *
 * Two accesses are a pair if no write to the word is between them: only then does it matter to either which came first.
 * What is known as the predecessor set of an access. Source: Yu and Narayanasamy, "A case for an interleaving constrained
 * shared-memory multi-processor" (2009).
 */
export class Pairs {
  readonly #isOwnSite: (name: string) => boolean;
  readonly #places: Place[] = [];
  readonly #numbers = new Map<string, number>();
  /** By the two places: how often the one came just before the other. */
  readonly #orders = new Map<string, Order>();
  #last = new Map<number, Last>();

  constructor(isOwnSite: (name: string) => boolean) {
    this.#isOwnSite = isOwnSite;
  }

  /** An execution begins. */
  begin(): void {
    this.#last = new Map();
  }

  /** A context made an access. `names`: of all words; the implementation's own begin at `firstOwn`. */
  note(context: number, frame: Frame, result: Word, names: readonly string[], firstOwn: number): void {
    const { kind, address, site } = frame;
    const deed = deeds[kind];
    if (deed === undefined) return;
    const word = alike(names[address] as string);
    const touch = { context, place: this.#placeOf(site, `${deed} ${word}`) };
    const isWrite =
      kind !== Kind.load && kind !== Kind.awaitWord && (kind !== Kind.compareAndSwap || result === frame.expected);
    let last = this.#last.get(address);
    if (!last) {
      last = { write: undefined, reads: [] };
      this.#last.set(address, last);
    }
    const isOwn = address >= firstOwn;
    if (last.write) this.#met(last.write, touch, word, isOwn);
    if (!isWrite) {
      if (!last.reads.some((read) => read.context === context && read.place === touch.place)) last.reads.push(touch);
      return;
    }
    for (const read of last.reads) this.#met(read, touch, word, isOwn);
    last.write = touch;
    last.reads.length = 0;
  }

  /** All pairs that were met, the implementation's own first, then by name. */
  get pairs(): readonly Pair[] {
    const pairs: Pair[] = [];
    for (const [key, order] of this.#orders) {
      const [one, other] = key.split(' ').map(Number) as [number, number];
      const reverse = this.#orders.get(`${other} ${one}`);
      const isFirst = order.count > (reverse?.count ?? 0) || (order.count === reverse?.count && one < other);
      if (!isFirst) continue;
      pairs.push({
        first: this.#nameOf(one),
        second: this.#nameOf(other),
        before: order.count,
        after: reverse?.count ?? 0,
        words: [...new Set([...order.words, ...(reverse?.words ?? [])])].sort(),
        isOwn: order.isOwn || reverse?.isOwn === true || this.#isOwn(one) || this.#isOwn(other),
      });
    }
    const key = ({ first, second, isOwn }: Pair): string => `${isOwn ? 0 : 1} ${first} ${second}`;
    return pairs.sort((a, b) => (key(a) < key(b) ? -1 : 1));
  }

  #met(first: Touch, second: Touch, word: string, isOwn: boolean): void {
    if (first.context === second.context || first.place === second.place) return;
    const key = `${first.place} ${second.place}`;
    let order = this.#orders.get(key);
    if (!order) {
      order = { count: 0, words: new Set(), isOwn: false };
      this.#orders.set(key, order);
    }
    order.count++;
    order.words.add(word);
    order.isOwn ||= isOwn;
  }

  #placeOf(site: string | undefined, otherwise: string): number {
    const name = site ?? otherwise;
    const known = this.#numbers.get(name);
    if (known !== undefined) return known;
    this.#numbers.set(name, this.#places.length);
    return this.#places.push({ name, isOwn: site !== undefined && this.#isOwnSite(site) }) - 1;
  }

  #nameOf(place: number): string {
    return (this.#places[place] as Place).name;
  }

  #isOwn(place: number): boolean {
    return (this.#places[place] as Place).isOwn;
  }
}
