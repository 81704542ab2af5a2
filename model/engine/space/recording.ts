import type { Place, Schema } from '#model/engine/space/schema.ts';

/** An object of a state that is looked at, whatever its fields are. */
type Fields = Record<string, unknown>;

/** What is known of an object that the spec may get. */
interface Known {
  readonly object: object;
  /** Where it stood in the state that it comes from. */
  readonly place: Place | undefined;
  /** Whether it is part of a copy, and may be changed. */
  readonly isChangeable: boolean;
  /** What the spec gets of it; none before it is looked at, and then it is empty as well. */
  proxy: object | undefined;
  /** The keys that were written or deleted. */
  written: Set<string> | undefined;
}

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;

/**
 * One run of the spec on one state, and what it depended on. The spec gets the state through proxies: each leaf and
 * each shape that it looks at is a read of a slot. So what it did holds for every state in which these are the same.
 *
 * Recipes run on copies, in place: a private object that may be changed, moved about and thrown away, and never a draft.
 * An object is known by where it stood at first, also after it was moved; what is put elsewhere is read as a whole.
 * Objects are filled when they are looked at: what is not looked at is never made.
 */
export class Recording {
  /** The slots read, each once, in the order of the first read. */
  readonly reads: number[] = [];
  readonly #schema: Schema;
  readonly #codes: ArrayLike<number>;
  /** By object, and by its proxy. */
  readonly #known = new Map<object, Known>();

  /** The state with these codes will be looked at. */
  constructor(schema: Schema, codes: ArrayLike<number>) {
    this.#schema = schema;
    this.#codes = codes;
  }

  /** The state, to be looked at only. */
  state(): unknown {
    this.#read(this.#schema.root.slot);
    return this.#show(this.#startAt(this.#schema.root, false));
  }

  /** Runs `recipe` on a copy of the state. Gives the slots that it changed or may have changed, and their codes. */
  run(recipe: (copy: never) => void): Map<number, number> {
    const copy = this.#startAt(this.#schema.root, true);
    recipe(this.#show(copy) as never);
    const writes = new Map<number, number>();
    this.#collect(this.#schema.root, copy, writes);
    for (const slot of writes.keys()) {
      if (this.#codes[slot] === writes.get(slot) && this.reads.includes(slot)) writes.delete(slot);
    }
    return writes;
  }

  /** A value as plain data, without proxies: an answer, or what is left of a call. Whatever is in it counts as read. */
  plain(value: unknown): unknown {
    if (!isObject(value)) return value;
    if (Array.isArray(value)) return Array.from(value, (entry) => this.plain(entry));
    return Object.fromEntries(Object.entries(value).map(([key, field]) => [key, this.plain(field)]));
  }

  /** What stands at a place. An object is empty at first. */
  #startAt(place: Place, isChangeable: boolean): unknown {
    const value = this.#schema.startAt(place, this.#codes);
    if (isObject(value)) this.#know(value, place, isChangeable);
    return value;
  }

  #know(object: object, place: Place | undefined, isChangeable: boolean): Known {
    const known: Known = { object, place, isChangeable, proxy: undefined, written: undefined };
    this.#known.set(object, known);
    return known;
  }

  #read(slot: number): void {
    if (!this.reads.includes(slot)) this.reads.push(slot);
  }

  /** A value as the spec gets it. To have an object is to know its shape. */
  #show(value: unknown): unknown {
    if (!isObject(value)) return value;
    const known = this.#known.get(value) ?? this.#know(value, undefined, false);
    if (known.proxy) return known.proxy;
    const { place, isChangeable } = known;
    if (place) {
      this.#read(place.slot);
      this.#schema.fill(value, place, this.#codes, (beneath) => this.#startAt(beneath, isChangeable));
    }
    known.proxy = new Proxy(value, this.#handler);
    this.#known.set(known.proxy, known);
    return known.proxy;
  }

  readonly #handler: ProxyHandler<object> = {
    get: (target, key) => {
      const value: unknown = Reflect.get(target, key);
      if (typeof key === 'symbol' || !Object.hasOwn(target, key)) return value;
      this.#readLeaf(this.#known.get(target), key, value);
      return this.#show(value);
    },
    set: (target, key, value) => this.#set(target, key, value),
    defineProperty: (target, key, { value }) => this.#set(target, key, value),
    deleteProperty: (target, key) => this.#mayWrite(target, key) && Reflect.deleteProperty(target, key),
  };

  #set(target: object, key: string | symbol, value: unknown): boolean {
    return this.#mayWrite(target, key) && Reflect.set(target, key, this.#settled(value));
  }

  /** Whether a key of an object may be written, which is noted. */
  #mayWrite(target: object, key: string | symbol): boolean {
    const known = this.#known.get(target) as Known;
    known.written ??= new Set();
    known.written.add(String(key));
    return known.isChangeable;
  }

  #readLeaf(known: Known | undefined, key: string, value: unknown): void {
    if (isObject(value)) return;
    const child = known?.place?.children.get(key);
    if (child && !known?.written?.has(key)) this.#read(child.slot);
  }

  /** What is put into a copy: an object of the copy itself stays that object, and all else is copied. */
  #settled(value: unknown): unknown {
    if (!isObject(value)) return value;
    const known = this.#known.get(value);
    if (known?.isChangeable) return known.object;
    const copy = Array.isArray(value)
      ? Array.from(value, (entry) => this.#settled(entry))
      : Object.fromEntries(Object.entries(value).map(([key, field]) => [key, this.#settled(field)]));
    this.#know(copy, undefined, true);
    return copy;
  }

  /** What was written at a place or beneath it, where `value` stands now. */
  #collect(place: Place, value: unknown, writes: Map<number, number>): void {
    const known = isObject(value) ? this.#known.get(value) : undefined;
    if (known?.place !== place) {
      this.#readAll(value);
      this.#schema.encodeAt(place, value).forEach((code, slot) => {
        writes.set(slot, code);
      });
      return;
    }
    if (!known.proxy) return;
    const { object, written } = known;
    const hasOtherKeys = written !== undefined && !this.#schema.isShapeAt(place, this.#codes, object);
    if (hasOtherKeys) writes.set(place.slot, this.#schema.codeOf(place, object));
    const keys = hasOtherKeys ? new Set([...place.children.keys(), ...Object.keys(object)]) : place.children.keys();
    for (const key of keys) {
      const field = (object as Fields)[key];
      const isNew = written?.has(key) || (hasOtherKeys && !Object.hasOwn(object, key));
      if (isNew || isObject(field)) this.#collect(this.#schema.placeBeneath(place, key), field, writes);
    }
  }

  /** All of a value that was put somewhere counts as read, as far as it is what it was in the state. */
  #readAll(value: unknown): void {
    if (!isObject(value)) return;
    this.#show(value);
    for (const [key, field] of Object.entries(value)) {
      this.#readLeaf(this.#known.get(value), key, field);
      this.#readAll(field);
    }
  }
}
