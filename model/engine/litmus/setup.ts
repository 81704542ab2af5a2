import { addressOf, type InitialRegister, LitmusError, type Setup } from '#model/engine/litmus/source.ts';
import { integerOf, type Tokens } from '#model/engine/litmus/tokens.ts';
import { asType, int, types, type ValueType, wide } from '#model/engine/litmus/types.ts';
import type { LocationId, Value } from '#spec/machine/memory/program.ts';

/** The initial state of a test, `{ int x = 1; 0:X1 = x; }`, and the locations met since. */
export class InitialState implements Setup {
  readonly registers: InitialRegister[] = [];
  readonly locations: string[] = [];
  private readonly numbers = new Map<string, LocationId>();
  private readonly values = new Map<LocationId, Value>();
  private readonly registerTypes = new Map<string, ValueType>();
  private readonly locationTypes = new Map<LocationId, ValueType>();

  /** Reads up to the closing brace, which it takes. */
  constructor(tokens: Tokens) {
    tokens.expect('{');
    while (!tokens.takeIf('}')) {
      if (tokens.takeIf(';')) continue;
      this.declaration(tokens);
      if (tokens.peek().text !== '}') tokens.expect(';');
    }
  }

  location(name: string): LocationId {
    const known = this.numbers.get(name);
    if (known !== undefined) return known;
    const location = this.locations.length;
    this.locations.push(name);
    this.numbers.set(name, location);
    return location;
  }

  widenLocation(name: string): void {
    const location = this.location(name);
    if (!this.locationTypes.has(location)) this.locationTypes.set(location, wide);
  }

  widenRegister(thread: number, name: string): void {
    const key = `${thread}:${name}`;
    if (!this.registerTypes.has(key)) this.registerTypes.set(key, wide);
  }

  /** What each location holds at the start. */
  initial(): Value[] {
    return this.locations.map((_, location) => this.values.get(location) ?? 0n);
  }

  typeOfLocation(location: LocationId): ValueType {
    return this.locationTypes.get(location) ?? int;
  }

  /** `name`: the one name that the register has. */
  typeOfRegister(thread: number, name: string, nameOf: (name: string) => string | null): ValueType {
    for (const [declared, type] of this.registerTypes) {
      const at = declared.indexOf(':');
      if (Number(declared.slice(0, at)) === thread && nameOf(declared.slice(at + 1)) === name) return type;
    }
    return int;
  }

  /** `type? name = value?`, where the name is `x`, `[x]`, `0:X1` or `P0:EAX`. */
  private declaration(tokens: Tokens): void {
    let type: ValueType | null = null;
    let name = tokens.peek();
    if (name.tag === 'name') {
      tokens.take();
      const isType = tokens.peek().tag === 'name' || tokens.peek().tag === 'number' || tokens.peek().text === '*';
      if (isType) {
        type = types[name.text] ?? null;
        if (type === null) throw new LitmusError('unsupported', name.offset, `the type '${name.text}'`, knownTypes);
        while (tokens.takeIf('*')) type = wide;
        name = tokens.peek();
        if (name.tag === 'name') tokens.take();
      }
    }
    const thread = threadOf(name, tokens);
    if (thread !== null) {
      this.declareRegister(thread, type, tokens);
      return;
    }
    if (name.tag !== 'name') {
      tokens.expect('[');
      name = tokens.expectKind('name', 'the name of a location');
      tokens.expect(']');
    } else if (type !== null && tokens.peek().text === '[') {
      this.declareArray(name.text, type, tokens);
      return;
    }
    const location = this.location(name.text);
    if (type !== null) this.locationTypes.set(location, type);
    if (tokens.takeIf('=')) this.values.set(location, asType({ ...(type ?? int), isSigned: true }, this.value(tokens)));
  }

  /** `int y[2] = { 0, 0 }`. Only its first word is a location: in herd's C, `y + 1` is one byte further. */
  private declareArray(name: string, type: ValueType, tokens: Tokens): void {
    tokens.expect('[');
    tokens.expectKind('number', 'the length of the array');
    tokens.expect(']');
    const location = this.location(name);
    this.locationTypes.set(location, type);
    if (!tokens.takeIf('=')) return;
    tokens.expect('{');
    this.values.set(location, this.value(tokens));
    while (tokens.takeIf(',')) this.value(tokens);
    tokens.expect('}');
  }

  private declareRegister(thread: number, type: ValueType | null, tokens: Tokens): void {
    const { text, offset } = tokens.expectKind('name', 'a register');
    if (type !== null) this.registerTypes.set(`${thread}:${text}`, type);
    this.registers.push({ thread, name: text, offset, value: tokens.takeIf('=') ? this.value(tokens) : 0n });
  }

  /** A number, or the address of a location: `1`, `-1`, `0x1`, `x`, `&x`. */
  private value(tokens: Tokens): Value {
    if (tokens.peek().tag === 'number') return BigInt.asIntN(64, integerOf(tokens.take().text));
    tokens.takeIf('&');
    return addressOf(this.location(tokens.expectKind('name', 'a number or the name of a location').text));
  }
}

const knownTypes = `known are ${Object.keys(types).join(', ')}, and pointers to them`;

/** The thread of `0:` or `P0:`, which it takes; null: the name is not a register's. */
export const threadOf = (name: { tag: string; text: string }, tokens: Tokens): number | null => {
  if (name.tag === 'number') {
    tokens.take();
    tokens.expect(':');
    return Number(name.text);
  }
  if (!/^P\d+$/.test(name.text) || tokens.peek().text !== ':') return null;
  tokens.take();
  return Number(name.text.slice(1));
};
