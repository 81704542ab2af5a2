import { type Memory, type Message, type Oracle, ordinary } from '#impl/machine/memory/memory.ts';
import type { Address, Word } from '#impl/machine/ops.ts';

/** A core that stores while this many of its stores wait lets the oldest reach memory first. */
const bufferedMax = 64;

/**
 * Total store order: the memory of an x86. Each core has a first-in-first-out buffer of stores that have not reached
 * memory, from which its own loads are forwarded, newest first. Source: Owens, Sarkar, Sewell 2009, "A better x86 memory
 * model: x86-TSO".
 *
 * The oracle is asked at a store that finds the buffer empty: way 0 reaches memory at once, way 1 waits. One that finds
 * it filled waits. Read-modify-writes (LOCK-prefixed; a compare-and-swap that fails too), seq_cst fences (MFENCE), seq_cst
 * stores (XCHG) and interrupts sent empty the buffer first. Every other order is an ordinary MOV, and every other fence
 * nothing.
 */
export const totalStoreOrder = (sizeWords: number, cores: number): Memory => {
  const words = new Int32Array(sizeWords);
  // The store that is `i` behind the oldest of `core` is at `slot(core, i)`.
  const addresses = new Int32Array(cores * bufferedMax);
  const values = new Int32Array(cores * bufferedMax);
  const oldest = new Int32Array(cores);
  const waiting = new Int32Array(cores);
  // How many of them are known outside: they reach memory before anybody outside acts on it, which is when a call is made.
  const told = new Int32Array(cores);
  let ask: Oracle = ordinary;

  const slot = (core: number, behind: number): number =>
    core * bufferedMax + (((oldest[core] as number) + behind) & (bufferedMax - 1));

  const drain = (core: number): void => {
    const from = slot(core, 0);
    words[addresses[from] as number] = values[from] as number;
    oldest[core] = ((oldest[core] as number) + 1) & (bufferedMax - 1);
    (waiting[core] as number)--;
    if ((told[core] as number) > 0) (told[core] as number)--;
  };

  const empty = (core: number): void => {
    while ((waiting[core] as number) > 0) drain(core);
  };

  const forward = (core: number, address: Address): Word => {
    for (let behind = (waiting[core] as number) - 1; behind >= 0; behind--) {
      const at = slot(core, behind);
      if (addresses[at] === address) return values[at] as number;
    }
    return words[address] as number;
  };

  return {
    reset(image, oracle) {
      words.set(image);
      oldest.fill(0);
      waiting.fill(0);
      told.fill(0);
      ask = oracle;
    },
    load(core, address) {
      return waiting[core] === 0 ? (words[address] as number) : forward(core, address);
    },
    store(core, address, word, order) {
      if (order === 'seq_cst') empty(core);
      else if (waiting[core] !== 0 || ask(2) !== 0) {
        if (waiting[core] === bufferedMax) drain(core);
        const at = slot(core, waiting[core] as number);
        addresses[at] = address;
        values[at] = word;
        (waiting[core] as number)++;
        return;
      }
      words[address] = word;
    },
    compareAndSwap(core, address, expected, word) {
      empty(core);
      const old = words[address] as number;
      if (old === expected) words[address] = word;
      return old;
    },
    fetchAdd(core, address, addend) {
      empty(core);
      const old = words[address] as number;
      words[address] = old + addend;
      return old;
    },
    swap(core, address, word) {
      empty(core);
      const old = words[address] as number;
      words[address] = word;
      return old;
    },
    fence(core, order) {
      if (order === 'seq_cst') empty(core);
    },
    loadSettled(core, address) {
      return forward(core, address);
    },
    settled(core, address) {
      return waiting[core] === 0 ? (words[address] as number) : forward(core, address);
    },
    send(sender) {
      empty(sender);
    },
    receive() {},
    publish(core) {
      told[core] = waiting[core] as number;
    },
    consult() {
      for (let core = 0; core < cores; core++) while ((told[core] as number) > 0) drain(core);
    },
    buffered(core) {
      return waiting[core] as number;
    },
    drain,
    latest(address) {
      return words[address] as number;
    },
    snapshot() {
      return words.slice();
    },
    race() {
      return null;
    },
    messages(address) {
      const buffers: Message[] = [];
      const readers: number[] = []; // of the word in memory: whose own buffer has none
      for (let core = 0; core < cores; core++) {
        let newest: Message | undefined;
        for (let behind = 0; behind < (waiting[core] as number); behind++) {
          const at = slot(core, behind);
          if (addresses[at] !== address) continue;
          if (newest) buffers.push({ ...newest, readers: [] });
          newest = { word: values[at] as number, writer: core, readers: [core] };
        }
        if (newest) buffers.push(newest);
        else readers.push(core);
      }
      return [{ word: words[address] as number, writer: null, readers }, ...buffers];
    },
    state() {
      const state = [...words];
      for (let core = 0; core < cores; core++) {
        state.push(waiting[core] as number, told[core] as number);
        for (let behind = 0; behind < (waiting[core] as number); behind++) {
          const at = slot(core, behind);
          state.push(addresses[at] as number, values[at] as number);
        }
      }
      return state;
    },
  };
};
