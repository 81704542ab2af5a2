import type { Race } from '#impl/machine/memory/memory.ts';
import type { Address } from '#impl/machine/ops.ts';
import type { Order } from '#impl/machine/order.ts';

/** The kinds of access. Those that may race with a given one are a range. */
const atomicRead = 0;
const plainRead = 1;
const plainWrite = 2;
const atomicWrite = 3;
const kinds = 4;

/**
 * Finds data races: two accesses to one word, at least one a write and one plain, of which neither happens before the
 * other. Keeps, per word, core and kind of access, the epoch of the last one: if an earlier one races, so does the last.
 * Source: FastTrack (Flanagan, Freund, PLDI 2009), with the epochs of all cores kept, so that both accesses are named.
 */
export class Races {
  /** The first race since the last reset. */
  found: Race | null = null;
  readonly #cores: number;
  readonly #clocks: Int32Array;
  readonly #epochs: Int32Array;
  readonly #orders: Order[];
  readonly #sites: (string | undefined)[];
  /** Per word: 1 if there was a plain access. */
  readonly #isPlain: Uint8Array;

  /** `clocks`: the row of `cores` epochs of each core; only read here. */
  constructor(sizeWords: number, cores: number, clocks: Int32Array) {
    this.#cores = cores;
    this.#clocks = clocks;
    const size = sizeWords * cores * kinds;
    this.#epochs = new Int32Array(size);
    this.#orders = new Array<Order>(size).fill('plain');
    this.#sites = new Array<string | undefined>(size).fill(undefined);
    this.#isPlain = new Uint8Array(sizeWords);
  }

  /** Starts over. `isNewTime`: the epochs to come may be lower than those before. */
  reset(isNewTime: boolean): void {
    this.found = null;
    this.#isPlain.fill(0);
    if (isNewTime) this.#epochs.fill(0);
  }

  read(core: number, address: Address, epoch: number, order: Order, site: string | undefined): void {
    if (order === 'plain') {
      this.#isPlain[address] = 1;
      this.#against(core, address, false, order, site, plainWrite, atomicWrite);
    } else if (this.#isPlain[address] !== 0) {
      this.#against(core, address, false, order, site, plainWrite, plainWrite);
    }
    this.#note(core, address, order === 'plain' ? plainRead : atomicRead, epoch, order, site);
  }

  write(core: number, address: Address, epoch: number, order: Order, site: string | undefined): void {
    if (order === 'plain') {
      this.#isPlain[address] = 1;
      this.#against(core, address, true, order, site, atomicRead, atomicWrite);
    } else if (this.#isPlain[address] !== 0) {
      this.#against(core, address, true, order, site, plainRead, plainWrite);
    }
    this.#note(core, address, order === 'plain' ? plainWrite : atomicWrite, epoch, order, site);
  }

  /** Adds the epochs of all accesses, from `start` on, to `state`. */
  tell(state: number[], start: number): void {
    for (const epoch of this.#epochs) state.push(epoch > start ? epoch - start : 0);
  }

  #note(core: number, address: Address, kind: number, epoch: number, order: Order, site: string | undefined): void {
    const at = (address * this.#cores + core) * kinds + kind;
    this.#epochs[at] = epoch;
    this.#orders[at] = order;
    this.#sites[at] = site;
  }

  /** Looks for accesses of other cores, of the kinds `from` to `to`, that do not happen before this one. */
  #against(
    core: number,
    address: Address,
    isWrite: boolean,
    order: Order,
    site: string | undefined,
    from: number,
    to: number,
  ): void {
    if (this.found !== null) return;
    const row = core * this.#cores;
    for (let other = 0; other < this.#cores; other++) {
      if (other === core) continue;
      const known = this.#clocks[row + other] as number;
      const at = (address * this.#cores + other) * kinds;
      for (let kind = from; kind <= to; kind++) {
        if ((this.#epochs[at + kind] as number) <= known) continue;
        this.found = {
          address,
          first: {
            core: other,
            isWrite: kind === plainWrite || kind === atomicWrite,
            order: this.#orders[at + kind] as Order,
            site: this.#sites[at + kind],
          },
          second: { core, isWrite, order, site },
        };
        return;
      }
    }
  }
}
