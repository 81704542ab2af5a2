import { copyOf } from '#model/engine/refine/numbering.ts';

type Parts = Readonly<Record<string, unknown>>;

const nothing: readonly unknown[] = [];
const none: Parts = {};

/**
 * Gives each distinct state a number, and the state for a number. A step changes little: so parts that are the same are
 * kept once for all states, and a state that is near to a known one is compared with it before anything is written out.
 */
export class States {
  /** Each part by what is in it; of each, its number. */
  readonly #byKey = new Map<string, object>();
  readonly #ids = new Map<object, number>();
  readonly #numbers = new Map<unknown, number>();
  readonly #values: unknown[] = [];

  /** The number of a state, which the caller may go on to change; `near`: of one that it was made from. */
  number(value: unknown, near?: number): number {
    const own = this.#own(value, near === undefined ? undefined : this.#values[near]);
    let number = this.#numbers.get(own);
    if (number === undefined) {
      number = this.#values.push(own) - 1;
      this.#numbers.set(own, number);
    }
    return number;
  }

  /** The state, for everybody: nobody can change it. */
  shared(number: number): unknown {
    return this.#values[number];
  }

  /** A fresh copy of the state: the caller may change it. */
  value(number: number): unknown {
    return copyOf(this.shared(number));
  }

  get size(): number {
    return this.#values.length;
  }

  /** The one object that is kept for all values like this one. `near` is such a one, or part of nothing. */
  #own(value: unknown, near: unknown): unknown {
    if (typeof value !== 'object' || value === null || value === near) return value;
    if (Array.isArray(value)) return this.#list(value, Array.isArray(near) ? near : nothing);
    const isRecord = typeof near === 'object' && near !== null && !Array.isArray(near);
    return this.#record(value as Parts, isRecord ? (near as Parts) : none);
  }

  #list(value: readonly unknown[], near: readonly unknown[]): object {
    const parts: unknown[] = [];
    let isNear = near !== nothing && value.length === near.length;
    for (let i = 0; i < value.length; i++) {
      const part = this.#own(value[i], near[i]);
      if (part !== near[i]) isNear = false;
      parts.push(part);
    }
    if (isNear) return near;
    let key = '[';
    for (const part of parts) key += `${this.#keyOf(part)},`;
    return this.#once(key, parts);
  }

  #record(value: Parts, near: Parts): object {
    const parts: unknown[] = [];
    let isNear = near !== none;
    for (const name in value) {
      const part = this.#own(value[name], near[name]);
      if (part !== near[name]) isNear = false;
      parts.push(part);
    }
    let left = parts.length;
    for (const _ in near) left--;
    if (isNear && left === 0) return near;
    let at = 0;
    const record: Record<string, unknown> = {};
    let key = '{';
    for (const name in value) {
      const part = parts[at++];
      if (part === undefined) continue;
      record[name] = part;
      key += `${name}:${this.#keyOf(part)},`;
    }
    return this.#once(key, record);
  }

  #once(key: string, parts: object): object {
    const known = this.#byKey.get(key);
    if (known) return known;
    this.#byKey.set(key, parts);
    this.#ids.set(parts, this.#ids.size);
    return parts;
  }

  #keyOf(part: unknown): string {
    if (typeof part === 'object' && part !== null) return `#${this.#ids.get(part)}`;
    return typeof part === 'string' ? JSON.stringify(part) : String(part);
  }
}
