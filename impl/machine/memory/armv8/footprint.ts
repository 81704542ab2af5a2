import type { LocationId } from '#spec/machine/memory/program.ts';

/**
 * Which thread accesses which locations, and stores to which, as far as runs have shown: addresses are computed, so
 * nobody knows before. It only grows; what was found out with a smaller one may have missed something.
 */
export class Footprint {
  /** Counts how often it has grown. */
  version = 0;
  readonly #accesses: readonly Set<LocationId>[];
  readonly #stores: readonly Set<LocationId>[];

  constructor(threads: number) {
    this.#accesses = Array.from({ length: threads }, () => new Set<LocationId>());
    this.#stores = Array.from({ length: threads }, () => new Set<LocationId>());
  }

  note(thread: number, location: LocationId, isStore: boolean): void {
    this.#add(this.#accesses[thread] as Set<LocationId>, location);
    if (isStore) this.#add(this.#stores[thread] as Set<LocationId>, location);
  }

  accesses(thread: number, location: LocationId): boolean {
    return (this.#accesses[thread] as Set<LocationId>).has(location);
  }

  othersStore(thread: number, location: LocationId): boolean {
    return this.#stores.some((stores, other) => other !== thread && stores.has(location));
  }

  #add(locations: Set<LocationId>, location: LocationId): void {
    if (locations.has(location)) return;
    locations.add(location);
    this.version++;
  }
}
