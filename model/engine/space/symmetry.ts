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

/** How one renaming changes packed states. */
interface Transcription {
  /** By word: the bits of codes that stay what and where they are. */
  readonly stays: Int32Array;
  /** By word: the codes that go there. Four numbers each: their word, shift and mask, and where their images begin. */
  readonly movedTo: readonly Int32Array[];
  /** For each code that goes somewhere, and each of its values: what becomes of it, as bits of the word that it goes to. */
  readonly images: Int32Array;
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
    const { packing } = this.#steps;
    this.#least = new Int32Array(packing.words);
    this.#image = new Int32Array(packing.words);
    this.#transcriptions = this.#renamings.map((renaming) => this.#transcriptionOf(renaming));
  }

  #transcriptionOf(renaming: Renaming): Transcription {
    const { packing, schema } = this.#steps;
    const stays = new Int32Array(packing.words);
    const movedTo = Array.from(stays, (): number[] => []);
    const images: number[] = [];
    for (const slot of schema.slots.keys()) {
      if (packing.bits[slot] === 0) continue;
      const target = this.#targetOf(slot, renaming);
      const imagesOfSlot = this.#imagesOf(slot, renaming);
      const word = packing.word[slot] as number;
      const shift = packing.shift[slot] as number;
      const mask = packing.mask(slot);
      if (target === slot && imagesOfSlot.every((image, code) => image === code)) {
        stays[word] = (stays[word] as number) | (mask << shift);
        continue;
      }
      movedTo[packing.word[target] as number]?.push(word, shift, mask, images.length);
      for (const image of imagesOfSlot) images.push(image << (packing.shift[target] as number));
    }
    return { stays, movedTo: movedTo.map((moved) => Int32Array.from(moved)), images: Int32Array.from(images) };
  }

  /** Replaces a packed state of a batch by the one that stands for it. */
  canonize(batch: Int32Array, number: number): void {
    const least = this.#least;
    const image = this.#image;
    const width = least.length;
    const at = number * width;
    for (let word = 0; word < width; word++) least[word] = batch[at + word] as number;
    for (let i = 0; i < this.#transcriptions.length; i++) {
      const { stays, movedTo, images } = this.#transcriptions[i] as Transcription;
      let difference = 0;
      for (let word = 0; word < width && difference <= 0; word++) {
        const moved = movedTo[word] as Int32Array;
        let value = (batch[at + word] as number) & (stays[word] as number);
        for (let j = 0; j < moved.length; j += 4) {
          const from = batch[at + (moved[j] as number)] as number;
          const code = (from >>> (moved[j + 1] as number)) & (moved[j + 2] as number);
          value |= images[(moved[j + 3] as number) + code] as number;
        }
        image[word] = value;
        if (difference === 0) difference = value - (least[word] as number);
      }
      if (difference < 0) for (let word = 0; word < width; word++) least[word] = image[word] as number;
    }
    for (let word = 0; word < width; word++) batch[at + word] = least[word] as number;
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
