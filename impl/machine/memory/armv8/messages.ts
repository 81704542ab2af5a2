import type { Timestamp } from '#impl/machine/memory/armv8/view.ts';
import type { LocationId, Value } from '#spec/machine/memory/program.ts';

/** A write, as memory has it. Source: paper, section 4: memory is a list of messages `<location := value>_thread`. */
export interface Message {
  readonly location: LocationId;
  readonly value: Value;
  /** Counts, from 0, the messages at the location that are of the thread that looks. Null: it is another's. */
  readonly ownNumber: number | null;
}

/**
 * Memory as one thread sees it: the messages to the locations that it ever accesses, in the order of all of memory. The
 * others cannot tell it anything, so two memories that differ only in them are one to it. Timestamps count from 1; each
 * location's initial value is there at 0.
 */
export class Messages {
  readonly list: readonly Message[];
  /** How many messages are the thread's own. */
  readonly ownCount: number;
  /** Says which messages these are, to the thread. */
  readonly key: string;
  readonly #initial: readonly Value[];
  readonly #longer = new Map<string, Messages>();

  constructor(initial: readonly Value[], list: readonly Message[] = []) {
    this.list = list;
    this.key = list.map(({ location, value, ownNumber }) => `${location} ${value} ${ownNumber}`).join();
    this.ownCount = list.filter((message) => message.ownNumber !== null).length;
    this.#initial = initial;
  }

  /** With one more. The same one again gives the same object. */
  with(location: LocationId, value: Value, isOwn: boolean): Messages {
    const key = `${location} ${value} ${isOwn}`;
    const known = this.#longer.get(key);
    if (known) return known;
    const own = this.list.filter((message) => message.location === location && message.ownNumber !== null);
    const message: Message = { location, value, ownNumber: isOwn ? own.length : null };
    const longer = new Messages(this.#initial, [...this.list, message]);
    this.#longer.set(key, longer);
    return longer;
  }

  /** How many locations there are. */
  get locations(): number {
    return this.#initial.length;
  }

  valueAt(location: LocationId, time: Timestamp): Value {
    return (time === 0 ? this.#initial[location] : this.list[time - 1]?.value) as Value;
  }

  /** Whether another thread writes at the location, after `from` and before `to`. */
  isDisturbed(location: LocationId, from: Timestamp, to: Timestamp): boolean {
    for (let time = from + 1; time < to && time <= this.list.length; time++) {
      const message = this.list[time - 1] as Message;
      if (message.location === location && message.ownNumber === null) return true;
    }
    return false;
  }

  /** The time of the thread's own message of this number at the location; null: there is none. */
  ownAt(location: LocationId, ownNumber: number): Timestamp | null {
    const index = this.list.findIndex((message) => message.ownNumber === ownNumber && message.location === location);
    return index < 0 ? null : index + 1;
  }
}
