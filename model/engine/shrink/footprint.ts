import type { Frame } from '#impl/machine/context.ts';
import { type Address, Kind, lastAccessKind } from '#impl/machine/ops.ts';
import type { Booted } from '#model/engine/explore/boot.ts';

/** A step, as far as others may depend on it. */
export interface Step {
  readonly core: number;
  readonly context: number;
  readonly kind: number;
  readonly address: Address;
  readonly operand: number;
  readonly writes: boolean;
  readonly isSequential: boolean;
  /** A call began with it, or was answered. */
  tells: boolean;
}

export const stepOf = (
  core: number,
  context: number,
  { kind, address, operand, expected, order }: Frame,
  result: number,
  threads: number,
): Step => ({
  core,
  context,
  kind,
  address,
  operand,
  writes: kind !== Kind.load && kind !== Kind.awaitWord && (kind !== Kind.compareAndSwap || result === expected),
  isSequential: order === 'seq_cst',
  tells: kind === Kind.pause && context < threads, // so calls begin
});

/** What others did while a core stood still, as far as it matters whether the core's step before came first. */
export class Footprint {
  /** Whether it is known at all that it does not matter. */
  isAnything = false;
  readonly #core: number;
  readonly #booted: Booted;
  /** The words that were read or waited for, and those that were written. */
  readonly #read = new Set<Address>();
  readonly #written = new Set<Address>();
  #tells = false;
  #isSequential = false;

  constructor(core: number, booted: Booted) {
    this.#core = core;
    this.#booted = booted;
  }

  waits(address: Address): void {
    this.#read.add(address);
  }

  add({ context, kind, address, operand, writes, isSequential, tells }: Step): void {
    if (tells) this.#tells = true;
    if (isSequential) this.#isSequential = true;
    if (kind <= lastAccessKind || kind === Kind.awaitWord) {
      (writes ? this.#written : this.#read).add(address);
    } else if (kind === Kind.switchTo) {
      const { contextWord, registersWord } = this.#booted;
      for (const words of [contextWord, registersWord]) {
        for (const changed of [context, operand]) this.#written.add(words[changed] as Address);
      }
    } else if (kind === Kind.allocate || kind === Kind.free) {
      for (let word = address; word < address + operand; word++) this.#written.add(word);
    } else if (kind === Kind.sendInterrupt && operand === this.#core) {
      this.isAnything = true;
    }
  }

  /** Whether all this could as well have come before `step` of the core that stood still. */
  isIndependentOf({ kind, address, writes, isSequential, tells }: Step): boolean {
    if (this.isAnything || (tells && this.#tells) || (isSequential && this.#isSequential)) return false;
    if (kind <= lastAccessKind || kind === Kind.awaitWord) {
      return !this.#written.has(address) && !(writes && this.#read.has(address));
    }
    return kind === Kind.fence || kind === Kind.pause || kind === Kind.maskInterrupts;
  }
}
