/** A copy of a plain value that shares nothing with it. */
export const copyOf = <T>(value: T): T => {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(copyOf) as T;
  const copy = { ...value };
  for (const key in copy) if (typeof copy[key] === 'object') copy[key] = copyOf(copy[key]);
  return copy;
};

/** The same value with the fields of each object in the order of their names. */
const sorted = (value: unknown): unknown => {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(sorted);
  const fields = Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1));
  return Object.fromEntries(fields.map(([name, field]) => [name, sorted(field)]));
};

/** Gives each distinct plain value a number, and the value for a number. */
export class Numbering<T> {
  /** Objects and lists by what they are in JSON, anything else by itself. */
  readonly #ofObjects = new Map<string, number>();
  /** By what they are in JSON when their fields are sorted, if the order of fields does not matter. */
  readonly #ofSorted: Map<string, number> | undefined;
  readonly #ofOthers = new Map<T, number>();
  readonly #values: T[] = [];

  /** `isOrdered`: values whose fields stand in another order are others. That is so for what one program makes. */
  constructor(isOrdered = true) {
    this.#ofSorted = isOrdered ? undefined : new Map();
  }

  /** The number of a value that the caller may go on to change. */
  number(value: T): number {
    if (typeof value !== 'object' || value === null) return this.#ofOthers.get(value) ?? this.#other(value);
    const key = JSON.stringify(value);
    return this.#ofObjects.get(key) ?? this.#object(key, copyOf(value));
  }

  /** The number of a value that is given away. */
  numberOf(value: T): number {
    if (typeof value !== 'object' || value === null) return this.#ofOthers.get(value) ?? this.#other(value);
    const key = JSON.stringify(value);
    return this.#ofObjects.get(key) ?? this.#object(key, value);
  }

  /** The value, for everybody: nobody can change it. */
  shared(number: number): T {
    return this.#values[number] as T;
  }

  /** A fresh copy of the value: the caller may change it. */
  value(number: number): T {
    return copyOf(this.shared(number));
  }

  get size(): number {
    return this.#values.length;
  }

  #object(key: string, own: T): number {
    const number = this.#ofSorted ? this.#sortedObject(this.#ofSorted, own) : this.#values.push(own) - 1;
    this.#ofObjects.set(key, number);
    return number;
  }

  #sortedObject(ofSorted: Map<string, number>, own: T): number {
    const key = JSON.stringify(sorted(own));
    const known = ofSorted.get(key);
    if (known !== undefined) return known;
    ofSorted.set(key, this.#values.length);
    return this.#values.push(own) - 1;
  }

  #other(value: T): number {
    this.#ofOthers.set(value, this.#values.length);
    return this.#values.push(value) - 1;
  }
}

/** Whether two plain values are equal, in whatever order their fields are. */
export const isSame = (one: unknown, other: unknown): boolean => {
  if (one === other) return true;
  if (typeof one !== 'object' || typeof other !== 'object' || one === null || other === null) return false;
  if (Array.isArray(one)) return Array.isArray(other) && one.length === other.length && areSame(one, other);
  return !Array.isArray(other) && haveSame(one, other) && haveSame(other, one);
};

const areSame = (one: readonly unknown[], other: readonly unknown[]): boolean => {
  for (let i = 0; i < one.length; i++) if (!isSame(one[i], other[i])) return false;
  return true;
};

/** Whether each field of the one is the same in the other. */
const haveSame = (one: object, other: object): boolean => {
  for (const key in one) if (!isSame(one[key as never], other[key as never])) return false;
  return true;
};
