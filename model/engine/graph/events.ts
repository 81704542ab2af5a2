/** What an event is, as bits. An update that writes is two events: a read, and the write right after it. */
export const read = 1;
export const write = 2;
export const fence = 4;
/** Of a read-modify-write that writes: its read, or its write. */
export const update = 8;
/** Of a read-modify-write, whether it writes or not. */
export const locked = 16;

/** How many numbers a memory model may keep about each event. */
export const factsPerEvent = 5;

const eventsAtFirst = 256;
const lengthAtFirst = 64;
const rowsAtFirst = 1024;

/**
 * An execution graph: events in program order (po), for each read the write that it reads (rf), for each location the
 * order of its writes (mo). Events are numbered as they are inserted; numbers below that of the locations are the
 * initial writes. Numbers grow along a branch of the exploration and are given back on the way out, so that what is
 * taken out of the graph in between stays as it is and can be put back.
 */
export class ExecutionGraph {
  readonly threads: number;
  readonly locations: number;

  /** The number of the next event; at least 1. */
  next: number;
  /** Of each event. Initial writes are of thread -1, fences at location -1. */
  thread: Int32Array;
  /** Its place in its thread. */
  index: Int32Array;
  kind: Int32Array;
  location: Int32Array;
  /** What it read or wrote. */
  value: Int32Array;
  /** See `rank`. */
  order: Int32Array;
  /** Of a read: the write. */
  source: Int32Array;
  /** Of a write: its place in mo, where the initial write has 0. */
  position: Int32Array;
  /** The event before it in its thread, and that before it at its location; -1 if there is none. */
  before: Int32Array;
  beforeHere: Int32Array;
  /** The row that tells what is before it in (po | rf)+: of each thread but its own, how many events. */
  prefix: Int32Array;
  /** Of a write: its newest read. Of a read: the next older one of the same write. -1 if there is none. */
  newestReader: Int32Array;
  olderReader: Int32Array;
  /** What the memory model keeps about it. */
  facts: Int32Array;

  /** The number of events of each thread; the events of thread t stand in `sequence` from `t * stride` on. */
  readonly lengths: Int32Array;
  sequence = new Int32Array(0);
  stride = 0;
  /** The last event of thread t at location l: at `l * threads + t`. -1 if there is none. */
  readonly lastHere: Int32Array;
  /** The writes to each location, in their order. */
  readonly mo: Int32Array[];
  readonly moLengths: Int32Array;
  /** All events that are in the graph, in the order of their numbers. */
  inserted: Int32Array;
  size = 0;

  /** Rows of one number a thread. Row 0 is all zeros. */
  rows: Int32Array;
  rowsEnd = 1;
  /** Where the rows ended before the event came. */
  #rowsBefore: Int32Array;

  constructor(threads: number, initial: readonly number[]) {
    this.threads = threads;
    this.locations = initial.length;
    const capacity = eventsAtFirst + initial.length;
    this.thread = new Int32Array(capacity).fill(-1);
    this.index = new Int32Array(capacity);
    this.kind = new Int32Array(capacity).fill(write);
    this.location = Int32Array.from({ length: capacity }, (_, i) => i);
    this.value = new Int32Array(capacity);
    this.value.set(initial);
    this.order = new Int32Array(capacity);
    this.source = new Int32Array(capacity);
    this.position = new Int32Array(capacity);
    this.before = new Int32Array(capacity).fill(-1);
    this.beforeHere = new Int32Array(capacity).fill(-1);
    this.prefix = new Int32Array(capacity);
    this.newestReader = new Int32Array(capacity).fill(-1);
    this.olderReader = new Int32Array(capacity).fill(-1);
    this.facts = new Int32Array(capacity * factsPerEvent);
    this.inserted = new Int32Array(capacity);
    this.#rowsBefore = new Int32Array(capacity);
    this.next = Math.max(1, initial.length);
    this.lengths = new Int32Array(threads);
    this.lastHere = new Int32Array(threads * initial.length).fill(-1);
    this.mo = initial.map((_, location) => Int32Array.of(location));
    this.moLengths = new Int32Array(initial.length).fill(1);
    this.rows = new Int32Array(threads * rowsAtFirst);
    this.#lengthen();
  }

  /** Whether an event that is in the graph is before `event` in (po | rf)+, or in its thread before it. */
  isInPrefix(other: number, event: number): boolean {
    const thread = this.thread[other] as number;
    if (thread < 0) return true;
    if (thread === this.thread[event]) return (this.index[other] as number) < (this.index[event] as number);
    const row = (this.prefix[event] as number) * this.threads;
    return (this.index[other] as number) < (this.rows[row + thread] as number);
  }

  isRead(event: number): boolean {
    return ((this.kind[event] as number) & read) !== 0;
  }

  /** The place in mo of the write, or of the write that is read. */
  positionSeen(access: number): number {
    const seen = this.isRead(access) ? (this.source[access] as number) : access;
    return this.position[seen] as number;
  }

  /** The last event of a thread, -1 if there is none. */
  last(thread: number): number {
    const length = this.lengths[thread] as number;
    return length === 0 ? -1 : (this.sequence[thread * this.stride + length - 1] as number);
  }

  /** Makes an event that comes next in its thread. It is not in the graph yet. */
  make(thread: number, kind: number, location: number, value: number, order: number): number {
    const event = this.next++;
    if (event >= this.thread.length) this.#grow();
    const before = this.last(thread);
    this.thread[event] = thread;
    this.index[event] = this.lengths[thread] as number;
    this.kind[event] = kind;
    this.location[event] = location;
    this.value[event] = value;
    this.order[event] = order;
    this.before[event] = before;
    this.beforeHere[event] = location < 0 ? -1 : (this.lastHere[location * this.threads + thread] as number);
    this.prefix[event] = before < 0 ? 0 : (this.prefix[before] as number);
    this.newestReader[event] = -1;
    this.#rowsBefore[event] = this.rowsEnd;
    return event;
  }

  /** Gives the number of the newest event back, and its rows. */
  unmake(event: number): void {
    this.next = event;
    this.rowsEnd = this.#rowsBefore[event] as number;
  }

  /** Takes the rows back that were made since the event was. */
  forgetRows(event: number): void {
    this.rowsEnd = this.#rowsBefore[event] as number;
  }

  /** Puts an event at the end of its thread. */
  enter(event: number): void {
    const thread = this.thread[event] as number;
    const index = this.index[event] as number;
    const location = this.location[event] as number;
    if (index === this.stride) this.#lengthen();
    this.sequence[thread * this.stride + index] = event;
    this.lengths[thread] = index + 1;
    if (location >= 0) this.lastHere[location * this.threads + thread] = event;
  }

  /** Takes the last event of its thread out. */
  leave(event: number): void {
    const thread = this.thread[event] as number;
    const location = this.location[event] as number;
    this.lengths[thread] = this.index[event] as number;
    if (location >= 0) this.lastHere[location * this.threads + thread] = this.beforeHere[event] as number;
  }

  /** Makes an event the last of those inserted, and of its thread. */
  add(event: number): void {
    this.inserted[this.size++] = event;
    this.enter(event);
  }

  /** Takes the last event out of those inserted, and of its thread. */
  remove(event: number): void {
    this.size--;
    this.leave(event);
  }

  /** Lets the prefix of a read begin where that of the event before it ends, and takes in that of its source. */
  extendPrefix(event: number): void {
    const before = this.before[event] as number;
    const base = before < 0 ? 0 : (this.prefix[before] as number);
    this.prefix[event] = base;
    const source = this.source[event] as number;
    const thread = this.thread[source] as number;
    if (thread < 0 || thread === this.thread[event]) return;
    const known = (this.index[source] as number) + 1;
    if ((this.rows[base * this.threads + thread] as number) >= known) return;
    const row = this.joinedRow(base, this.prefix[source] as number);
    this.rows[row * this.threads + thread] = known;
    this.prefix[event] = row;
  }

  /** Lets a read read from a write. */
  readFrom(event: number, source: number): void {
    this.source[event] = source;
    let newer = -1;
    let older = this.newestReader[source] as number;
    while (older > event) {
      newer = older;
      older = this.olderReader[older] as number;
    }
    this.olderReader[event] = older;
    if (newer < 0) this.newestReader[source] = event;
    else this.olderReader[newer] = event;
  }

  /** Takes a read from its write, which is still known as its source. */
  readNoMore(event: number): void {
    const source = this.source[event] as number;
    let newer = -1;
    for (let at = this.newestReader[source] as number; at !== event; at = this.olderReader[at] as number) newer = at;
    const older = this.olderReader[event] as number;
    if (newer < 0) this.newestReader[source] = older;
    else this.olderReader[newer] = older;
  }

  /** Puts a write at a place of mo. */
  place(event: number, position: number): void {
    const location = this.location[event] as number;
    const length = this.moLengths[location] as number;
    if (length === (this.mo[location] as Int32Array).length)
      this.mo[location] = longer(this.mo[location] as Int32Array);
    const mo = this.mo[location] as Int32Array;
    for (let i = length; i > position; i--) {
      const moved = mo[i - 1] as number;
      mo[i] = moved;
      this.position[moved] = i;
    }
    mo[position] = event;
    this.position[event] = position;
    this.moLengths[location] = length + 1;
  }

  /** Takes a write out of mo. Its place is still known. */
  displace(event: number): void {
    const location = this.location[event] as number;
    const mo = this.mo[location] as Int32Array;
    const length = (this.moLengths[location] as number) - 1;
    for (let i = this.position[event] as number; i < length; i++) {
      const moved = mo[i + 1] as number;
      mo[i] = moved;
      this.position[moved] = i;
    }
    this.moLengths[location] = length;
  }

  /** A new row, whose numbers are the larger ones of two others. It may be written to. */
  joinedRow(left: number, right: number): number {
    const joined = this.rowsEnd++;
    if (this.rowsEnd * this.threads > this.rows.length) this.rows = longer(this.rows);
    const { rows, threads } = this;
    for (let i = 0; i < threads; i++) {
      const known = rows[left * threads + i] as number;
      const other = rows[right * threads + i] as number;
      rows[joined * threads + i] = Math.max(known, other);
    }
    return joined;
  }

  #grow(): void {
    this.thread = longer(this.thread);
    this.index = longer(this.index);
    this.kind = longer(this.kind);
    this.location = longer(this.location);
    this.value = longer(this.value);
    this.order = longer(this.order);
    this.source = longer(this.source);
    this.position = longer(this.position);
    this.before = longer(this.before);
    this.beforeHere = longer(this.beforeHere);
    this.prefix = longer(this.prefix);
    this.newestReader = longer(this.newestReader);
    this.olderReader = longer(this.olderReader);
    this.facts = longer(this.facts);
    this.inserted = longer(this.inserted);
    this.#rowsBefore = longer(this.#rowsBefore);
  }

  /** Makes room for longer threads. */
  #lengthen(): void {
    const stride = Math.max(lengthAtFirst, 2 * this.stride);
    const sequence = new Int32Array(this.threads * stride);
    for (let t = 0; t < this.threads; t++) {
      sequence.set(this.sequence.subarray(t * this.stride, (t + 1) * this.stride), t * stride);
    }
    this.sequence = sequence;
    this.stride = stride;
  }
}

/** The same numbers, with as much room again. */
export const longer = (numbers: Int32Array): Int32Array => {
  const copy = new Int32Array(2 * numbers.length);
  copy.set(numbers);
  return copy;
};
