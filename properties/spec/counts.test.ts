import { describe, expect, it } from 'vitest';
import { SpecGraph } from '#model/engine/refine/spec-graph.ts';
import type { AnyCall, Program, Subject } from '#model/subject.ts';
import { suites } from '#properties/index.ts';

/**
 * How many states and configurations (a state and what each thread has left to do) a program can reach in its spec,
 * explored to the end. A rule that is dropped or added by mistake shows here first. Each number is derived beside it.
 */
const reach = (subject: Subject, program: Program): { states: number; configurations: number } => {
  const graph = new SpecGraph(subject);
  const { initial, calls } = graph.program(program.variant, program);
  const states = new Set<number>();
  const seen = new Set<string>();
  const visit = (state: number, left: readonly (readonly number[])[]): void => {
    const key = JSON.stringify([state, left]);
    if (seen.has(key)) return;
    seen.add(key);
    states.add(state);
    for (const [thread, [call, ...later]] of left.entries()) {
      if (call === undefined) continue;
      for (const edge of graph.edges(state, thread, call)) {
        visit(edge.state, left.with(thread, edge.rest < 0 ? later : [edge.rest, ...later]));
      }
    }
  };
  visit(initial, calls);
  return { states: states.size, configurations: seen.size };
};

const subjectOf = (id: string): Subject => suites.find(({ subject }) => subject.id === id)?.subject as Subject;

const sleeping = (threads: readonly (readonly AnyCall[])[], parents: readonly (number | null)[]): Program => ({
  variant: 'xv6',
  cores: 2,
  threads,
  parameters: { conditions: 1, sharedChannel: false, parents },
});

const piping = (
  variant: string,
  threads: readonly (readonly AnyCall[])[],
  holdings: readonly string[],
  sizes = { capacitySlots: 1, slotBytes: 1 },
): Program => ({
  variant,
  cores: 2,
  threads,
  parameters: {
    ...sizes,
    carriedBytes: 0,
    holdings: holdings.map((ends) => ({ read: ends.includes('r'), write: ends.includes('w') })),
  },
});

const awaits = { tag: 'await', condition: 0 };
const takes = { tag: 'take', condition: 0 };
const signals = { tag: 'signal', condition: 0 };
const kills0 = { tag: 'kill', target: 0 };
const writes = (...bytes: number[]): AnyCall & object =>
  ({ tag: 'write', descriptor: 1, bytes, mappedBytes: bytes.length, blocking: true }) as AnyCall;
const reads = (maxBytes: number): AnyCall =>
  ({ tag: 'read', descriptor: 0, maxBytes, mappedBytes: maxBytes, blocking: true }) as AnyCall;
const closes = (descriptor: number): AnyCall => ({ tag: 'close', descriptor }) as AnyCall;

describe('the states of sleep and wakeup', () => {
  const subject = subjectOf('sync/sleep-wakeup');

  it('are two where one awaits and one signals: the condition holds or not', () => {
    // Configurations: nothing done; signalled; signalled and answered. The await cannot go first.
    expect(reach(subject, sleeping([[awaits], [signals]], [null, null]))).toEqual({ states: 2, configurations: 3 });
  });

  it('are two where two take and two signal', () => {
    // k signals and m takes done. A take needs the condition to hold; a second signal over one that holds is lost.
    // holds=false after 0 signals; after 1 and 2 signals it holds until taken. Written (signals, takes, holds), where
    // the takes may be of either thread: (0,0,-) 1; (1,0,h) 1; (2,0,h) 1; (1,1,-) 2; (2,1,h) by take between the
    // signals 2; (2,1,-) by take after both 2; (2,2,-) 1. Sum 10.
    expect(reach(subject, sleeping([[takes], [takes], [signals, signals]], [null, null, null]))).toEqual({
      states: 2,
      configurations: 10,
    });
  });

  it('are three where a parent waits for its child: alive, dead, and gone', () => {
    // Configurations: nothing; the child has exited and stays `exited`; the parent has reaped it.
    expect(reach(subject, sleeping([[{ tag: 'wait' }], [{ tag: 'exit' }]], [null, 0]))).toEqual({
      states: 3,
      configurations: 3,
    });
  });

  it('are two where an awaiter is killed: killed or not', () => {
    // Configurations: nothing; killed; killed and answered -1.
    expect(reach(subject, sleeping([[awaits], [kills0]], [null, null]))).toEqual({ states: 2, configurations: 3 });
  });
});

describe('the states of counters under spin locks', () => {
  const subject = subjectOf('sync/spinlock');
  const adds = (amount: number): AnyCall => ({ tag: 'add', counter: 0, amount }) as AnyCall;
  const counting = (threads: readonly (readonly AnyCall[])[]): Program => ({
    variant: 'ticket',
    cores: 2,
    threads,
    parameters: { counters: 1 },
  });

  it('are four where one adds 1 and one adds 2: 0, 1, 2 and 3', () => {
    expect(reach(subject, counting([[adds(1)], [adds(2)]]))).toEqual({ states: 4, configurations: 4 });
  });

  it('are three where one adds twice, before or after another has looked', () => {
    // The sum changes nothing and may be done or not in each of the three.
    expect(reach(subject, counting([[adds(1), adds(1)], [{ tag: 'sum' }]]))).toEqual({ states: 3, configurations: 6 });
  });
});

describe('the states of a sequence lock', () => {
  const subject = subjectOf('sync/seqlock');
  const writesBoth = (value: number): AnyCall => ({ tag: 'write', values: [value, value] }) as AnyCall;

  it('are three where two write and one reads: as at boot, and as the last of the two left it', () => {
    // Nothing written; one of the two; both, with either last: 5, and in each the read is done or not.
    const threads = [[writesBoth(1)], [writesBoth(2)], [{ tag: 'read' }]];
    expect(reach(subject, { variant: 'linux', cores: 3, threads, parameters: { words: 2 } })).toEqual({
      states: 3,
      configurations: 10,
    });
  });
});

describe('the states of the pipe', () => {
  const subject = subjectOf('ipc/pipe');

  it('are four where three bytes pass through one slot: empty, or with one of the three', () => {
    // The write goes w0 -> w1 -> w2 -> over with a byte stored each time, each store into an empty pipe; each read
    // takes the byte that is there. Stored and read alternate: 0, 1, 1', 2, 2', 3: the third byte stays, as two reads
    // take one each. Configurations: 6; states: empty, [1], [2], [3].
    expect(reach(subject, piping('xv6', [[writes(1, 2, 3)], [reads(2), reads(2)]], ['w', 'r']))).toEqual({
      states: 4,
      configurations: 6,
    });
  });

  it('are three where two bytes go in at once and come out one by one', () => {
    // Empty, [1,2], [2]. Configurations: nothing; written; one read. And back to nothing left: both read, empty.
    const sizes = { capacitySlots: 2, slotBytes: 1 };
    expect(reach(subject, piping('xv6', [[writes(1, 2)], [reads(1), reads(1)]], ['w', 'r'], sizes))).toEqual({
      states: 3,
      configurations: 4,
    });
  });

  it('are four where both ends close: neither, one, the other, both', () => {
    expect(reach(subject, piping('xv6', [[closes(1)], [closes(0)]], ['w', 'r']))).toEqual({
      states: 4,
      configurations: 4,
    });
  });

  it('are four where a pipe of one page takes two writes that do not join', () => {
    // Linux, one slot of 2 bytes. A full page [1,2] leaves no room; T1's [3] may go first and then leaves room for 1,
    // which [1,2] (two bytes: no odd rest) does not use. Pipe: empty; [1,2]; [3]; after a read(1): [2] behind [1,2],
    // and empty again behind [3]. With [2] left the slot is still taken. The read ends one of: [1,2] first: nothing ->
    // [1,2] -> [2]; T1 waits for the slot for ever. [3] first: nothing -> [3] -> empty -> [1,2].
    // States: empty, [1,2], [2], [3], where [3] has room for 1 byte and [1,2] none: 4. Configurations, as (T0, T1, T2)
    // done: 000 empty; 100 [1,2]; 101 [2]; 010 [3]; 011 empty; 111 [1,2]: 6. A write that finds the pipe full is from
    // then on one that waits for a slot (w): 1w0 [1,2]; 1w1 [2]; w10 [3]; w11 empty: 4 more, 10.
    const sizes = { capacitySlots: 1, slotBytes: 2 };
    expect(reach(subject, piping('linux', [[writes(1, 2)], [writes(3)], [reads(1)]], ['w', 'w', 'r'], sizes))).toEqual({
      states: 4,
      configurations: 10,
    });
  });
});

describe('the states of the bounded buffer', () => {
  const subject = subjectOf('ipc/bounded-buffer');
  const buffering = (capacity: number, threads: readonly (readonly object[])[]): Program => ({
    variant: 'semaphores',
    cores: 2,
    threads: threads as readonly (readonly AnyCall[])[],
    parameters: { capacity, carriedItems: 0 },
  });
  const puts = (...items: number[]) => ({ tag: 'put', items });
  const gets = (count: number) => ({ tag: 'get', count });

  it('are three where two items pass through one slot: empty, or with either', () => {
    // Put and got alternate: nothing; [1]; 1 got; [2]; 2 got. Five configurations.
    expect(reach(subject, buffering(1, [[puts(1, 2)], [gets(2)]]))).toEqual({ states: 3, configurations: 5 });
  });

  it('are five where two put at once into two slots, and one is got', () => {
    // Empty, [1], [2], [1 2], [2 1]; got once: [1] or [2] again, or empty. Configurations, as (a put, b put, got):
    // 000 empty; 100 [1]; 010 [2]; 110 [1 2] and [2 1]; 101 empty; 011 empty; 111 [1] and [2]: nine.
    expect(reach(subject, buffering(2, [[puts(1)], [puts(2)], [gets(1)]]))).toEqual({ states: 5, configurations: 9 });
  });

  it('are two where the end comes to two consumers: finished or not', () => {
    // Nothing; finished; one told; the other told; both told.
    const finishes = { tag: 'finish' };
    expect(reach(subject, buffering(1, [[finishes], [gets(1)], [gets(1)]]))).toEqual({ states: 2, configurations: 5 });
  });
});

describe('the states of request and reply', () => {
  const subject = subjectOf('ipc/shm-polling');
  const talking = (threads: readonly (readonly object[])[]): Program => ({
    variant: 'two-slots',
    cores: 3,
    threads: threads as readonly (readonly AnyCall[])[],
    parameters: { limitBytes: 1 },
  });
  const call = { tag: 'call', bytes: [1] };
  const serve = { tag: 'serve' };

  it('are three: neither message is ready, the request is, the reply is', () => {
    // Nothing; the request is ready; it is served; the reply is taken, and neither is ready again.
    expect(reach(subject, talking([[call], [serve]]))).toEqual({ states: 3, configurations: 4 });
  });

  it('are four more where the sender forges: the same three, and the reply that refuses', () => {
    // The four configurations with and without the forgery, and one in which the request has been refused; once the
    // refusal is taken, all is as after a reply.
    const forge = { tag: 'forge', lengthBytes: 0 };
    expect(reach(subject, talking([[call], [serve], [forge]]))).toEqual({ states: 7, configurations: 9 });
  });
});
