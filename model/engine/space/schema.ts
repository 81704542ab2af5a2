import { SuiteError } from '#model/suite-error.ts';

/** What may stand at one place of a state: a plain leaf, or how many entries or which fields an object there has. */
type Atom = string;

/** Nothing stands there: the list is shorter, or the record has no such field. */
const absent: Atom = 'absent';

/** One place of a state, as a number: each thing that was ever seen there has a code. Codes count from 0. */
interface Slot {
  /** Where it is: `processes.0.killed`. Threads’ control points have a slot each too, and names of their own. */
  readonly path: string;
  readonly codes: Map<Atom, number>;
  readonly atoms: Atom[];
  /** The leaf of a code; of an object’s atom, whether it is a list or a record and the keys that it has. */
  readonly values: (Leaf | Shape)[];
}

type Leaf = { readonly tag: 'leaf'; readonly value: unknown };
type Shape = { readonly tag: 'list' | 'record'; readonly keys: readonly string[] };

/** A slot and the places beneath it. */
export interface Place {
  readonly slot: number;
  readonly children: Map<string, Place>;
}

const shapeOf = (value: object): Shape =>
  Array.isArray(value)
    ? { tag: 'list', keys: Array.from(value, (_, index) => String(index)) }
    : { tag: 'record', keys: Object.keys(value).toSorted() };

const atomOf = (value: unknown, path: string): { readonly atom: Atom; readonly means: Leaf | Shape } => {
  switch (typeof value) {
    case 'number':
    case 'boolean':
    case 'string':
      return { atom: JSON.stringify(value) ?? 'null', means: { tag: 'leaf', value } };
    case 'undefined':
      return { atom: absent, means: { tag: 'leaf', value } };
    case 'object': {
      if (value === null) return { atom: 'null', means: { tag: 'leaf', value } };
      const shape = shapeOf(value);
      const isPlain = Array.isArray(value) || Object.getPrototypeOf(value) === Object.prototype;
      if (isPlain) return { atom: shape.tag === 'list' ? `[${shape.keys.length}` : `{${shape.keys}`, means: shape };
    }
  }
  throw new SuiteError(
    'S701',
    `the state is no plain data: ${path || 'all of it'} is ${Object.prototype.toString.call(value)}`,
    'write states with numbers, strings, booleans, null, lists and records only',
  );
};

/**
 * What states look like, learnt from the states seen: every place has a slot, and a state is one code per slot. Lists
 * may grow and shrink, and a place may hold now this, now that; where nothing stands, the code says so.
 *
 * Equal states have equal codes, and the other way round: keys are in alphabetical order, whatever order they came in.
 */
export class Schema {
  readonly slots: Slot[] = [];
  readonly #root: Place;
  /** Places made since the first state: what was encoded before has `absent` there, code 0. */
  #isFirst = true;

  /** One slot for each of `points` (a thread’s control points), then the state’s. */
  constructor(points: readonly string[], first: unknown) {
    for (const path of points) this.#addSlot(path);
    this.#root = this.#addPlace('');
    this.encode(first);
    this.#isFirst = false;
  }

  /** The code of what is seen in a slot: a new one if it was not seen before. */
  code(slot: number, atom: Atom, means: Leaf | Shape): number {
    const { codes, atoms, values } = this.slots[slot] as Slot;
    const known = codes.get(atom);
    if (known !== undefined) return known;
    codes.set(atom, atoms.length);
    values.push(means);
    return atoms.push(atom) - 1;
  }

  /** The codes of a state, by slot; undefined at slots that are no part of it. */
  encode(state: unknown): number[] {
    return this.encodeAt(this.#root, state);
  }

  /** The codes of what stands at a place and beneath it now, by slot; no entry for any other. */
  encodeAt(place: Place, value: unknown): number[] {
    const codes: number[] = [];
    this.#write(place, value, codes);
    return codes;
  }

  /** The code of a value at a place, whatever stands beneath it. */
  codeOf({ slot }: Place, value: unknown): number {
    const { atom, means } = atomOf(value, this.slots[slot]?.path ?? '');
    return this.code(slot, atom, means);
  }

  /** The state with these codes, made of new objects. */
  decode(codes: ArrayLike<number>): unknown {
    return this.#read(this.#root, codes);
  }

  /** What stands at a place: a leaf, or a new object that is still to be filled. */
  startAt({ slot }: Place, codes: ArrayLike<number>): unknown {
    const means = this.#meansAt(slot, codes);
    return means.tag === 'leaf' ? means.value : means.tag === 'list' ? [] : {};
  }

  /** Whether an object has the keys that one has at this place. */
  isShapeAt({ slot }: Place, codes: ArrayLike<number>, object: object): boolean {
    const { tag, keys } = this.#meansAt(slot, codes) as Shape;
    if (tag === 'list') return (object as unknown[]).length === keys.length;
    return Object.keys(object).length === keys.length && keys.every((key) => Object.hasOwn(object, key));
  }

  /** Fills an object that stands at a place with what `entryAt` makes of the places beneath. */
  fill(object: object, place: Place, codes: ArrayLike<number>, entryAt: (place: Place) => unknown): void {
    const { keys } = this.#meansAt(place.slot, codes) as Shape;
    for (let i = 0; i < keys.length; i++) {
      const key = keys[i] as string;
      (object as Record<string, unknown>)[key] = entryAt(place.children.get(key) as Place);
    }
  }

  /** The place of a key beneath another: a new one, if no state had one there. */
  placeBeneath(place: Place, key: string): Place {
    const known = place.children.get(key);
    if (known) return known;
    const { path } = this.slots[place.slot] as Slot;
    const child = this.#addPlace(path === '' ? key : `${path}.${key}`);
    place.children.set(key, child);
    return child;
  }

  /** Where the state itself stands. */
  get root(): Place {
    return this.#root;
  }

  /** The code for nothing in a slot. */
  absentAt(slot: number): number {
    return this.code(slot, absent, { tag: 'leaf', value: undefined });
  }

  #addSlot(path: string): number {
    const slot: Slot = { path, codes: new Map(), atoms: [], values: [] };
    this.slots.push(slot);
    return this.slots.length - 1;
  }

  #addPlace(path: string): Place {
    const place = { slot: this.#addSlot(path), children: new Map<string, Place>() };
    if (!this.#isFirst) this.absentAt(place.slot);
    return place;
  }

  #write(place: Place, value: unknown, codes: number[]): void {
    const { path } = this.slots[place.slot] as Slot;
    const { atom, means } = atomOf(value, path);
    codes[place.slot] = this.code(place.slot, atom, means);
    const keys = means.tag === 'leaf' ? [] : means.keys;
    for (const key of keys) this.#write(this.placeBeneath(place, key), (value as Record<string, unknown>)[key], codes);
    if (keys.length === place.children.size) return;
    for (const [key, child] of place.children) if (!keys.includes(key)) this.#writeAbsent(child, codes);
  }

  #writeAbsent(place: Place, codes: number[]): void {
    codes[place.slot] = this.absentAt(place.slot);
    for (const child of place.children.values()) this.#writeAbsent(child, codes);
  }

  #read(place: Place, codes: ArrayLike<number>): unknown {
    const made = this.startAt(place, codes);
    if (this.#meansAt(place.slot, codes).tag !== 'leaf') {
      this.fill(made as object, place, codes, (beneath) => this.#read(beneath, codes));
    }
    return made;
  }

  #meansAt(slot: number, codes: ArrayLike<number>): Leaf | Shape {
    return this.slots[slot]?.values[codes[slot] as number] as Leaf | Shape;
  }
}
