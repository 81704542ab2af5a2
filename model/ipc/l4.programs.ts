import * as fc from 'fast-check';
import type { L4Parameters } from '#impl/ipc/l4.layout.ts';
import type { Behaviour, Exploration, Program, ProgramSize } from '#model/subject.ts';
import type { L4Message, Timeouts, TimeoutTicks } from '#spec/abi/ipc/l4.ts';
import type { ThreadId } from '#spec/abi.ts';
import type { Capability, L4, PendingCall } from '#spec/ipc/l4.state.ts';

export type Call = PendingCall;
export type Parameters = L4Parameters;
export type L4Program = Program<Call, Parameters>;

/** How many words a message may have, and how many of them the registers of the core hold. */
export const wordsMax = 4;
export const registersMax = 2;

/** How many capabilities a thread can have, and how many objects there may be. */
export const slotsMax = 3;
export const objectsMax = 3;

/** The longest timeout, in ticks. */
export const ticksMax = 3;

const [sends, receives, grants] = [1, 2, 4];

/** Objects of the scenarios: an endpoint, a notification and another endpoint. */
const [endpoint, notification, other] = [0, 1, 2];

const to = (object: number, rights: number, badge = 0): Capability => ({ object, rights, badge });
const client = (badge = 0): Capability => to(endpoint, sends, badge);
const server: Capability = to(endpoint, receives);

export const forever: Timeouts = { send: null, receive: null, transfer: null };
const notAtAll: Timeouts = { send: 0, receive: 0, transfer: 0 };

/** For how long a call waits, in whatever phase. */
const within = (ticks: TimeoutTicks): Timeouts => ({ send: ticks, receive: ticks, transfer: ticks });

export const says = (...words: number[]): L4Message => ({ words, texts: [], grants: null });

const send = (message: L4Message, timeouts = forever): Call => ({ tag: 'send', slot: 0, message, timeouts });
const call = (message: L4Message, timeouts = forever): Call => ({ tag: 'call', slot: 0, message, timeouts });
const receive = (timeouts = forever): Call => ({ tag: 'receive', slot: 0, buffers: [], timeouts });
const reply = (...words: number[]): Call => ({ tag: 'reply', words });
const replyReceive = (words: readonly number[], timeouts = forever): Call => ({
  tag: 'replyReceive',
  slot: 0,
  words,
  buffers: [],
  timeouts,
});
const signal = (slot: number): Call => ({ tag: 'signal', slot });
const wait = (slot: number, timeouts = forever): Call => ({ tag: 'wait', slot, timeouts });
const tick: Call = { tag: 'tick' };
const cancel = (target: ThreadId): Call => ({ tag: 'cancel', target });
const kill = (target: ThreadId): Call => ({ tag: 'kill', target });

/** What a program's threads do, and what they hold. */
type Role = readonly [readonly Capability[], ...Call[]];

interface Named {
  readonly name: string;
  readonly program: L4Program;
}

const scenario =
  (name: string, cores: number, ...roles: readonly Role[]): ((variant: string) => Named) =>
  (variant) => ({
    name,
    program: {
      variant,
      cores,
      threads: roles.map(([, ...calls]) => calls),
      parameters: {
        tables: roles.map(([table]) => table),
        notifications: [false, true, false],
      },
    },
  });

const named: readonly ((variant: string) => Named)[] = [
  scenario('a call and its reply', 2, [[client(5)], call(says(1, 2))], [[server], receive(), reply(3)]),
  scenario(
    'a third thread wants the core',
    1,
    [[server], receive(), replyReceive([3, 4])],
    [[client(5)], call(says(1, 2)), call(says(6))],
    [[to(notification, sends, 1)], signal(0)],
  ),
  scenario(
    'more words than there are registers',
    2,
    [[client()], call(says(1, 2, 3, 4))],
    [[server], receive(), reply(5, 6, 7)],
  ),
  scenario(
    'the server is there for the next call',
    2,
    [[client()], call(says(1)), call(says(2), { ...forever, send: 0 })],
    [[server], receive(), replyReceive([3]), reply(4)],
  ),
  scenario(
    'another caller comes as the server replies',
    2,
    [[client(1)], call(says(1))],
    [[client(2)], call(says(2))],
    [[server], receive(), replyReceive([3]), reply(4)],
  ),
  scenario(
    'two receivers, each served in its turn',
    2,
    [[server], receive()],
    [[server], receive()],
    [[client()], send(says(1)), send(says(2), notAtAll)],
  ),
  scenario('a sender, and the clock', 2, [[client()], send(says(1), within(1))], [[server], receive()], [[], tick]),
  scenario(
    'a server that waits two ticks for the next call',
    2,
    [[server], receive(), replyReceive([3], within(2)), receive(notAtAll)],
    [[client()], call(says(1)), tick, tick],
  ),
  scenario(
    'the reply comes as time is over',
    2,
    [[client()], call(says(1), { ...forever, receive: 1 })],
    [[server], receive(), reply(2)],
    [[], tick],
  ),
  scenario('a caller is canceled', 2, [[client()], call(says(1))], [[server], receive(), reply(2)], [[], cancel(0)]),
  scenario(
    'a server is canceled as it waits for the next call',
    2,
    [[server], receive(), replyReceive([3]), receive(notAtAll)],
    [[client()], call(says(1)), cancel(0), send(says(2), notAtAll)],
  ),
  scenario(
    'a server is killed as it waits for the next call',
    2,
    [[server], receive(), replyReceive([3]), receive()],
    [[client()], call(says(1)), kill(0), send(says(2), notAtAll)],
  ),
  scenario('a server is killed', 2, [[client()], call(says(1))], [[server], receive(), reply(2)], [[], kill(1)]),
  scenario(
    'one call, two replies',
    2,
    [[client()], call(says(1)), call(says(2))],
    [[server], receive(), reply(3), reply(4)],
  ),
  scenario(
    'two badges before anybody waits',
    2,
    [[to(notification, sends, 1)], signal(0)],
    [[to(notification, sends, 2)], signal(0)],
    [[to(notification, receives)], wait(0), wait(0, notAtAll)],
  ),
  scenario(
    'a capability is granted and used',
    2,
    [[to(endpoint, sends + grants), to(notification, sends, 4)], send({ ...says(1), grants: 1 })],
    [[server, to(notification, receives)], receive(), signal(2), wait(1, notAtAll)],
  ),
  scenario(
    'a capability is not granted without the right to',
    2,
    [[to(endpoint, sends), to(notification, sends + grants, 4)], call({ ...says(1), grants: 1 })],
    [[server], receive(), reply(2), signal(1)],
  ),
  scenario(
    'a late reply, and another call',
    2,
    [
      [client(), to(other, sends)],
      call(says(1), { ...forever, receive: 1 }),
      { tag: 'call', slot: 1, message: says(2), timeouts: forever },
    ],
    [[server, to(notification, receives)], receive(), tick, wait(1), reply(3)],
    [[to(other, receives), to(notification, sends, 1)], receive(), signal(1)],
  ),
  scenario(
    'a caller is killed',
    2,
    [[client()], call(says(1)), send(says(2))],
    [[server], receive(), reply(3)],
    [[], kill(0)],
  ),
  scenario(
    'a wait, and the clock',
    2,
    [[to(notification, sends, 1)], signal(0)],
    [[to(notification, receives)], wait(0, within(1))],
    [[], tick],
  ),
  scenario(
    'wrong slots and rights',
    2,
    [
      [client()],
      receive(notAtAll),
      send(says(1), notAtAll),
      send({ ...says(1), grants: 1 }),
      { tag: 'send', slot: 1, message: says(1), timeouts: forever },
    ],
    [[server, to(notification, receives)], send(says(1)), wait(0), receive(notAtAll), signal(1), wait(2)],
  ),
];

export const scenarios = (variant: string): readonly Named[] => named.map((make) => make(variant));

const oneOf = <Value>(...values: readonly Value[]): fc.Arbitrary<Value> => fc.constantFrom(...values);
const drawnTicks = oneOf<TimeoutTicks>(0, 1, 1, 2, null, null, null);
const drawnTimeouts: fc.Arbitrary<Timeouts> = fc.record({
  send: drawnTicks,
  receive: drawnTicks,
  transfer: drawnTicks,
});
const drawnWords = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: wordsMax });
const drawnMessage: fc.Arbitrary<L4Message> = fc.record({
  words: drawnWords,
  texts: fc.constant([]),
  grants: oneOf(null, null, null, 1, 2),
});
const drawnSlot = oneOf(0, 0, 0, 0, 1, 2);

const drawnEnvironment = (threads: number): fc.Arbitrary<Call> =>
  fc.oneof(
    { weight: 4, arbitrary: fc.constant(tick) },
    { weight: 1, arbitrary: fc.nat({ max: threads - 1 }).map(cancel) },
    { weight: 1, arbitrary: fc.nat({ max: threads - 1 }).map(kill) },
  );

/** What a client asks, a server, one that waits for signals; and the world around. */
const drawnRoles = (threads: number): readonly (readonly [Capability[], fc.Arbitrary<Call>])[] => {
  const message = { slot: drawnSlot, message: drawnMessage, timeouts: drawnTimeouts };
  const received = { slot: drawnSlot, buffers: fc.constant([]), timeouts: drawnTimeouts };
  const clients = fc.oneof(
    { weight: 4, arbitrary: fc.record({ tag: fc.constant('call' as const), ...message }) },
    { weight: 2, arbitrary: fc.record({ tag: fc.constant('send' as const), ...message }) },
    { weight: 1, arbitrary: oneOf(1, 2).map(signal) },
  );
  const servers = fc.oneof(
    { weight: 3, arbitrary: fc.record({ tag: fc.constant('receive' as const), ...received }) },
    { weight: 2, arbitrary: drawnWords.map((words) => reply(...words)) },
    { weight: 3, arbitrary: fc.record({ tag: fc.constant('replyReceive' as const), ...received, words: drawnWords }) },
    { weight: 1, arbitrary: drawnTimeouts.map((timeouts) => wait(1, timeouts)) },
  );
  const around = drawnEnvironment(threads);
  return [
    [[to(endpoint, sends + grants, 1), to(notification, sends, 1)], clients],
    [[server, to(notification, receives)], servers],
    [[client(2), to(notification, sends, 2)], clients],
    [[to(endpoint, sends + receives), to(notification, sends + receives, 4)], fc.oneof(clients, servers)],
    [[], around],
  ];
};

/** Who is what: a client and a server, and whatever else. */
const drawnCast = (threads: number): fc.Arbitrary<readonly number[]> =>
  fc
    .array(oneOf(0, 1, 2, 3, 4, 4), { minLength: Math.max(0, threads - 2), maxLength: Math.max(0, threads - 2) })
    .map((others) => [0, 1, ...others].slice(0, threads));

export const drawnParameters = (cast: readonly number[]): Parameters => ({
  tables: cast.map((role) => drawnRoles(cast.length)[role]?.[0] ?? []),
  notifications: [false, true, false],
});

export const drawnCall = (cast: readonly number[]): fc.Arbitrary<{ thread: ThreadId; call: Call }> =>
  fc.nat({ max: cast.length - 1 }).chain((thread) => callOf(cast, thread).map((made) => ({ thread, call: made })));

const callOf = (cast: readonly number[], thread: ThreadId): fc.Arbitrary<Call> => {
  const role = drawnRoles(cast.length)[cast[thread] ?? 4];
  return role?.[1] ?? fc.constant(tick);
};

export const programs = (variant: string, size: ProgramSize): fc.Arbitrary<L4Program> =>
  drawnCast(size.threads).chain((cast) =>
    fc
      .record({
        cores: fc.integer({ min: 1, max: 4 }),
        threads: fc.tuple(...cast.map((_, thread) => fc.array(callOf(cast, thread), { maxLength: size.calls }))),
      })
      .map(({ cores, threads }) => ({ variant, cores, parameters: drawnParameters(cast), threads })),
  );

/** A call with simpler arguments: fewer words, nothing granted, no timeout. */
export const simplerCall = (asked: Call): Call[] => {
  const simpler: Call[] = [];
  if ('words' in asked && asked.words.length > 1) simpler.push({ ...asked, words: asked.words.slice(0, -1) });
  if ('message' in asked) {
    const { message } = asked;
    if (message.words.length > 1)
      simpler.push({ ...asked, message: { ...message, words: message.words.slice(0, -1) } });
    if (message.grants !== null) simpler.push({ ...asked, message: { ...message, grants: null } });
  }
  if ('timeouts' in asked) {
    for (const phase of ['send', 'receive', 'transfer'] as const) {
      if (asked.timeouts[phase] !== null) simpler.push({ ...asked, timeouts: { ...asked.timeouts, [phase]: null } });
    }
  }
  if (asked.tag === 'kill') simpler.push(cancel(asked.target));
  return simpler;
};

/** A client, a server and the world around: all that they can do in calls of few words. */
export const exploration = (_variant: string, threads: number): Exploration<L4, Call, Parameters> => {
  const roles: Behaviour<Call>[] = [
    { tag: 'any', calls: [call(says(1)), call(says(1), within(1)), send({ ...says(2), grants: 1 })] },
    { tag: 'any', calls: [receive(), receive(within(1)), replyReceive([3]), reply(4), wait(1, notAtAll)] },
    { tag: 'any', calls: [tick, cancel(0), cancel(1)] },
    { tag: 'in order', calls: [signal(1), call(says(5))] },
  ];
  const cast = [0, 1, 4, 2].slice(0, Math.max(threads, 3));
  return { parameters: drawnParameters(cast), threads: roles.slice(0, cast.length), mayWait: () => true };
};
