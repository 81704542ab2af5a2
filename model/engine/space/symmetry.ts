import type { Steps } from '#model/engine/space/steps.ts';
import type { Point } from '#model/engine/space/system.ts';
import type { SymmetryOf } from '#model/subject.ts';
import { InternalError } from '#model/suite-error.ts';
import type { ThreadId } from '#spec/abi.ts';

/** Who becomes whom, by thread. */
type Renaming = readonly ThreadId[];

const permutations = <Item>(items: readonly Item[]): Item[][] =>
  items.length === 0
    ? [[]]
    : items.flatMap((first) => permutations(items.filter((other) => other !== first)).map((rest) => [first, ...rest]));

/** How one renaming changes packed states: per slot, from where, to where, and the new code of each code. */
interface Transcription {
  readonly words: number[];
  readonly shifts: number[];
  readonly masks: number[];
  readonly toWords: number[];
  /** Per slot: its code, moved to where it goes. */
  readonly images: Int32Array[];
}

/**
 * States that differ only in which of several like threads is which, taken as one: the least of them, as packed, stands
 * for all. Sound for what is claimed of states only if no claim tells these threads apart.
 */
export class Symmetry {
  readonly #steps: Steps;
  readonly #of: SymmetryOf;
  readonly #renamings: readonly Renaming[];
  #transcriptions: readonly Transcription[] = [];
  #seen = 0;
  #least = new Int32Array();
  #image = new Int32Array();

  constructor(steps: Steps, of: SymmetryOf) {
    this.#steps = steps;
    this.#of = of;
    const all = steps.system.threads.map((_, thread) => thread);
    this.#renamings = permutations(of.groups)
      .map((images) => all.map((thread) => images.flat()[of.groups.flat().indexOf(thread)] ?? thread))
      .filter((renaming) => renaming.some((image, thread) => image !== thread));
    this.learn();
    this.repack();
  }

  /** Sees to it that the image of everything seen under every renaming has a code. */
  learn(): void {
    const { slots } = this.#steps.schema;
    const total = (): number => slots.reduce((sum, { atoms }) => sum + atoms.length, slots.length);
    if (total() === this.#seen) return;
    for (let now = total(); now !== this.#seen; now = total()) {
      this.#seen = now;
      for (const renaming of this.#renamings) {
        for (let slot = 0; slot < slots.length; slot++) this.#imagesOf(slot, renaming);
      }
    }
    if (this.#steps.fits) this.repack();
  }

  /** Follows a change of the packing. */
  repack(): void {
    const { packing, schema } = this.#steps;
    this.#least = new Int32Array(packing.words);
    this.#image = new Int32Array(packing.words);
    this.#transcriptions = this.#renamings.map((renaming) => {
      const used = [...schema.slots.keys()].filter((slot) => packing.bits[slot] !== 0);
      const targets = used.map((slot) => this.#targetOf(slot, renaming));
      return {
        words: used.map((slot) => packing.word[slot] as number),
        shifts: used.map((slot) => packing.shift[slot] as number),
        masks: used.map((slot) => packing.mask(slot)),
        toWords: targets.map((slot) => packing.word[slot] as number),
        images: used.map((slot, i) =>
          Int32Array.from(
            this.#imagesOf(slot, renaming),
            (code) => code << (packing.shift[targets[i] as number] as number),
          ),
        ),
      };
    });
  }

  /** Replaces a packed state of a batch by the one that stands for it. */
  canonize(batch: Int32Array, number: number): void {
    const [least, image, width] = [this.#least, this.#image, this.#steps.packing.words];
    const at = number * width;
    for (let i = 0; i < width; i++) least[i] = batch[at + i] as number;
    for (const { words, shifts, masks, toWords, images } of this.#transcriptions) {
      image.fill(0);
      for (let i = 0; i < words.length; i++) {
        const code = ((batch[at + (words[i] as number)] as number) >>> (shifts[i] as number)) & (masks[i] as number);
        const to = toWords[i] as number;
        image[to] = (image[to] as number) | ((images[i] as Int32Array)[code] as number);
      }
      for (let i = 0; i < width; i++) {
        const difference = (image[i] as number) - (least[i] as number);
        if (difference > 0) break;
        if (difference < 0) {
          least.set(image);
          break;
        }
      }
    }
    batch.set(least, at);
  }

  /** The slot that a slot’s code goes to. */
  #targetOf(slot: number, renaming: Renaming): number {
    const { slots } = this.#steps.schema;
    if (slot < renaming.length) return renaming[slot] as number;
    const path = slots[slot]?.path as string;
    const list = this.#of.lists.find((prefix) => path.startsWith(`${prefix}.`));
    if (list === undefined) return slot;
    const [thread, ...rest] = path.slice(list.length + 1).split('.');
    const target = [list, renaming[Number(thread)] ?? thread, ...rest].join('.');
    const found = slots.findIndex((candidate, index) => index >= renaming.length && candidate.path === target);
    if (found < 0) throw new InternalError(`a symmetry takes ${path} to ${target}, and no state has that`);
    return found;
  }

  /** By code of a slot: the code in the slot that it goes to. */
  #imagesOf(slot: number, renaming: Renaming): number[] {
    const { schema } = this.#steps;
    const { path, atoms, values } = schema.slots[slot] as (typeof schema.slots)[number];
    const target = this.#targetOf(slot, renaming);
    const isId = this.#of.ids.some((id) =>
      new RegExp(`^${id.replaceAll('.', '\\.').replaceAll('*', '[^.]+')}$`).test(path),
    );
    return atoms.map((atom, code) => {
      const means = values[code] as (typeof values)[number];
      if (means.tag !== 'leaf') return schema.code(target, atom, means);
      if (slot < renaming.length) {
        const point = this.#renamedPoint(means.value as Point, renaming);
        return schema.code(target, JSON.stringify(point), { tag: 'leaf', value: point });
      }
      if (!isId || typeof means.value !== 'number') return schema.code(target, atom, means);
      const value = renaming[means.value] ?? means.value;
      return schema.code(target, JSON.stringify(value), { tag: 'leaf', value });
    });
  }

  #renamedPoint({ made, pending }: Point, renaming: Renaming): Point {
    const call = pending && this.#of.call ? this.#of.call(pending, (thread) => renaming[thread] ?? thread) : pending;
    return { made, pending: call };
  }
}
