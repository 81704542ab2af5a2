import type { Place, Schema } from '#model/engine/space/schema.ts';

/** An object of a state that is looked at, whatever its fields are. */
type Fields = Record<string, unknown>;

/**
 * One run of the spec on one state, and what it depended on. The spec gets the state through proxies: each leaf and
 * each shape that it looks at is a read of a slot. So what it did holds for every state in which these are the same.
 *
 * Recipes run on copies, in place: a private object that may be changed, moved about and thrown away, and never a draft.
 * An object is known by where it stood at first, also after it was moved; what is put elsewhere is read as a whole.
 */
export class Recording {
  /** The slots read, each once, in the order of the first read. */
  readonly reads: number[] = [];
  readonly #isRead = new Set<number>();
  readonly #schema: Schema;
  readonly #codes: ArrayLike<number>;
  /** Where an object stood in the state that it comes from. */
  readonly #origins = new WeakMap<object, Place>();
  /** The keys of an object that were written or deleted. */
  readonly #written = new WeakMap<object, Set<string>>();
  /** The objects of copies: these may be changed. */
  readonly #changeable = new WeakSet<object>();
  readonly #proxies = new WeakMap<object, object>();
  readonly #targets = new WeakMap<object, object>();

  /** The state with these codes will be looked at. */
  constructor(schema: Schema, codes: ArrayLike<number>) {
    this.#schema = schema;
    this.#codes = codes;
  }

  /** The state, to be looked at only. */
  state(): unknown {
    this.#read(this.#schema.root.slot);
    return this.#show(this.#schema.decode(this.#codes, (object, place) => this.#origins.set(object, place)));
  }

  /** Runs `recipe` on a copy of the state. Gives the slots that it changed or may have changed, and their codes. */
  run(recipe: (copy: never) => void): ReadonlyMap<number, number> {
    const root = {
      copy: this.#schema.decode(this.#codes, (object, place) => {
        this.#origins.set(object, place);
        this.#changeable.add(object);
      }),
    };
    recipe(this.#show(root.copy) as never);
    const writes = new Map<number, number>();
    this.#collect(this.#schema.root, root.copy, writes);
    for (const [slot, code] of writes) if (this.#isRead.has(slot) && this.#codes[slot] === code) writes.delete(slot);
    return writes;
  }

  /** A value as plain data, without proxies: an answer, or what is left of a call. Whatever is in it counts as read. */
  plain(value: unknown): unknown {
    if (typeof value !== 'object' || value === null) return value;
    if (Array.isArray(value)) return Array.from(value, (entry) => this.plain(entry));
    return Object.fromEntries(Object.entries(value).map(([key, field]) => [key, this.plain(field)]));
  }

  #read(slot: number): void {
    if (this.#isRead.has(slot)) return;
    this.#isRead.add(slot);
    this.reads.push(slot);
  }

  /** A value as the spec gets it. To have an object is to know its shape. */
  #show(value: unknown): unknown {
    if (typeof value !== 'object' || value === null) return value;
    const known = this.#proxies.get(value);
    if (known) return known;
    const origin = this.#origins.get(value);
    if (origin) this.#read(origin.slot);
    const proxy = new Proxy(value, this.#handler);
    this.#proxies.set(value, proxy);
    this.#targets.set(proxy, value);
    return proxy;
  }

  readonly #handler: ProxyHandler<object> = {
    get: (target, key) => {
      const value: unknown = Reflect.get(target, key);
      if (typeof key === 'symbol' || !Object.hasOwn(target, key)) return value;
      this.#readLeaf(target, key, value);
      return this.#show(value);
    },
    set: (target, key, value) => this.#set(target, key, value),
    defineProperty: (target, key, { value }) => this.#set(target, key, value),
    deleteProperty: (target, key) => {
      this.#writtenOf(target).add(String(key));
      return this.#changeable.has(target) && Reflect.deleteProperty(target, key);
    },
  };

  #set(target: object, key: string | symbol, value: unknown): boolean {
    this.#writtenOf(target).add(String(key));
    return this.#changeable.has(target) && Reflect.set(target, key, this.#settled(value));
  }

  #writtenOf(target: object): Set<string> {
    const known = this.#written.get(target) ?? new Set();
    this.#written.set(target, known);
    return known;
  }

  #readLeaf(target: object, key: string, value: unknown): void {
    if (typeof value === 'object' && value !== null) return;
    const child = this.#origins.get(target)?.children.get(key);
    if (child && !this.#written.get(target)?.has(key)) this.#read(child.slot);
  }

  /** What is put into a copy: an object of the copy itself stays that object, and all else is copied. */
  #settled(value: unknown): unknown {
    if (typeof value !== 'object' || value === null) return value;
    const target = this.#targets.get(value);
    if (target && this.#changeable.has(target)) return target;
    const copy = Array.isArray(value)
      ? Array.from(value, (entry) => this.#settled(entry))
      : Object.fromEntries(Object.entries(value).map(([key, field]) => [key, this.#settled(field)]));
    this.#changeable.add(copy);
    return copy;
  }

  /** What was written at a place or beneath it, where `value` stands now. */
  #collect(place: Place, value: unknown, writes: Map<number, number>): void {
    if (typeof value !== 'object' || value === null || this.#origins.get(value) !== place) {
      this.#readAll(value);
      this.#schema.encodeAt(place, value).forEach((code, slot) => {
        writes.set(slot, code);
      });
      return;
    }
    const written = this.#written.get(value);
    if (written) writes.set(place.slot, this.#schema.codeOf(place, value));
    const keys = written ? new Set([...place.children.keys(), ...Object.keys(value)]) : place.children.keys();
    for (const key of keys) {
      const field = (value as Fields)[key];
      const isObject = typeof field === 'object' && field !== null;
      const isNew = written && (written.has(key) || !Object.hasOwn(value, key));
      if (isObject || isNew) this.#collect(this.#schema.placeBeneath(place, key), field, writes);
    }
  }

  /** All of a value that was put somewhere counts as read, as far as it is what it was in the state. */
  #readAll(value: unknown): void {
    if (typeof value !== 'object' || value === null) return;
    this.#show(value);
    for (const [key, field] of Object.entries(value)) {
      this.#readLeaf(value, key, field);
      this.#readAll(field);
    }
  }
}
