import * as fc from 'fast-check';
import {
  bring,
  buffersAt,
  type Call,
  call,
  cancel,
  client,
  endpoint,
  grants,
  ipc,
  kill,
  type L4Program,
  notAtAll,
  notification,
  type Parameters,
  receive,
  receives,
  reply,
  replyReceive,
  says,
  send,
  sends,
  server,
  signal,
  text,
  tick,
  to,
  twoBuffers,
  wait,
  wholeBuffer,
  within,
  wordsMax,
} from '#model/ipc/l4.calls.ts';
import type { Behaviour, Exploration, ProgramSize } from '#model/subject.ts';
import type { L4Message, MemoryRange, Timeouts, TimeoutTicks } from '#spec/abi/ipc/l4.ts';
import type { ThreadId } from '#spec/abi.ts';
import type { Capability, L4 } from '#spec/ipc/l4.state.ts';

/** What is wrong with a program's memory, if anything: what is sent is never overwritten, nor what another receives. */
export const wrongMemory = ({ parameters, threads }: L4Program): string | undefined => {
  const receivers = new Map<number, ThreadId>();
  for (const [thread, calls] of threads.entries()) {
    for (const made of calls) {
      const texts = 'message' in made ? made.message.texts : [];
      const buffers = 'buffers' in made ? made.buffers : [];
      const isOutside = ({ address, countWords }: MemoryRange, from: number): boolean =>
        address < from || address + countWords > from + buffersAt;
      if (texts.some((range) => isOutside(range, 0)) || buffers.some((range) => isOutside(range, buffersAt))) {
        return 'texts lie in the first half of memory, and buffers in the other';
      }
      const space = parameters.spaceOf[thread] ?? 0;
      if (buffers.length > 0 && (receivers.get(space) ?? thread) !== thread)
        return 'two threads receive texts in one space';
      if (buffers.length > 0) receivers.set(space, thread);
    }
  }
  return undefined;
};

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
  texts: oneOf<readonly MemoryRange[]>([], [], [], [text(1, 2)], [text(0, 1), text(3, 1)]),
  grants: oneOf(null, null, null, 1, 2),
});
const drawnSlot = oneOf(0, 0, 0, 0, 1, 2);

const drawnEnvironment = (threads: number): fc.Arbitrary<Call> =>
  fc.oneof(
    { weight: 4, arbitrary: fc.constant(tick) },
    { weight: 1, arbitrary: fc.nat({ max: threads - 1 }).map(cancel) },
    { weight: 2, arbitrary: oneOf(bring(0, 0), bring(1, 2)) },
    { weight: 1, arbitrary: fc.nat({ max: threads - 1 }).map(kill) },
  );

/** What a client asks, a server, one that waits for signals; and the world around. */
const drawnRoles = (threads: number): readonly (readonly [Capability[], fc.Arbitrary<Call>])[] => {
  const message = { slot: drawnSlot, message: drawnMessage, timeouts: drawnTimeouts };
  const received = {
    slot: drawnSlot,
    buffers: oneOf<readonly MemoryRange[]>([], wholeBuffer, twoBuffers),
    timeouts: drawnTimeouts,
  };
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

/** The first two threads are in no clan; the others are in that of one before them, so a clan may be within another. */
const chiefsOf = (cast: readonly number[]): (ThreadId | null)[] => cast.map((role, id) => (id < 2 ? null : role % id));

/** What threads do that name each other. */
const drawnIpc = (threads: number): fc.Arbitrary<Call> => {
  const thread = fc.nat({ max: threads - 1 });
  return fc.record({
    tag: fc.constant('ipc' as const),
    to: fc.oneof({ weight: 4, arbitrary: thread }, { weight: 1, arbitrary: fc.constant(null) }),
    as: fc.oneof({ weight: 1, arbitrary: thread }, { weight: 3, arbitrary: fc.constant(null) }),
    message: drawnMessage.map((message) => ({ ...message, grants: null })),
    from: fc.oneof(thread, oneOf<'any' | null>('any', 'any', null)),
    buffers: oneOf<readonly MemoryRange[]>([], wholeBuffer),
    timeouts: drawnTimeouts,
  });
};

/** Who is what: a client and a server, and whatever else. */
const drawnCast = (threads: number): fc.Arbitrary<readonly number[]> =>
  fc
    .array(oneOf(0, 1, 2, 3, 4, 4), { minLength: Math.max(0, threads - 2), maxLength: Math.max(0, threads - 2) })
    .map((others) => [0, 1, ...others].slice(0, threads));

/** The client's first page, and the server's first one for buffers, may be missing; two clients are in one space. */
export const drawnParameters = (variant: string, cast: readonly number[], isMissing: boolean): Parameters => ({
  tables: cast.map((role) => drawnRoles(cast.length)[role]?.[0] ?? []),
  notifications: [false, true, false],
  chiefs: chiefsOf(cast),
  spaceOf: cast.map((role, id) => (role === 2 && variant !== 'clans' ? 0 : id)),
  absent: isMissing
    ? [
        { space: 0, page: 0 },
        { space: 1, page: 2 },
      ]
    : [],
});

export const drawnCall = (variant: string, cast: readonly number[]): fc.Arbitrary<{ thread: ThreadId; call: Call }> =>
  fc
    .nat({ max: cast.length - 1 })
    .chain((thread) => callOf(variant, cast, thread).map((made) => ({ thread, call: made })));

const callOf = (variant: string, cast: readonly number[], thread: ThreadId): fc.Arbitrary<Call> => {
  if (variant === 'clans') {
    return fc.oneof(
      { weight: 6, arbitrary: drawnIpc(cast.length) },
      { weight: 1, arbitrary: drawnEnvironment(cast.length) },
    );
  }
  const role = drawnRoles(cast.length)[cast[thread] ?? 4];
  return role?.[1] ?? fc.constant(tick);
};

export const programs = (variant: string, size: ProgramSize): fc.Arbitrary<L4Program> =>
  drawnCast(size.threads).chain((cast) =>
    fc
      .record({
        cores: fc.integer({ min: 1, max: 4 }),
        isMissing: oneOf(false, false, true),
        threads: fc.tuple(
          ...cast.map((_, thread) => fc.array(callOf(variant, cast, thread), { maxLength: size.calls })),
        ),
      })
      .map(({ cores, isMissing, threads }) => ({
        variant,
        cores,
        parameters: drawnParameters(variant, cast, isMissing),
        threads,
      })),
  );

/** A call with simpler arguments: fewer words, nothing granted, no timeout. */
export const simplerCall = (asked: Call): Call[] => {
  const simpler: Call[] = [];
  if ('words' in asked && asked.words.length > 1) simpler.push({ ...asked, words: asked.words.slice(0, -1) });
  if ('message' in asked) {
    const { message } = asked;
    if (message.words.length > 1)
      simpler.push({ ...asked, message: { ...message, words: message.words.slice(0, -1) } });
    if (message.texts.length > 0)
      simpler.push({ ...asked, message: { ...message, texts: message.texts.slice(0, -1) } });
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
export const exploration = (variant: string, threads: number): Exploration<L4, Call, Parameters> => {
  if (variant === 'clans') {
    const others = (id: ThreadId): Call[] => [
      ipc(1 - id, says(1), 1 - id, within(1)),
      ipc(null, says(), 'any'),
      ipc(1 - id, says(2), null),
    ];
    return {
      parameters: drawnParameters(variant, [0, 1, 4], false),
      threads: [
        { tag: 'any', calls: others(0) },
        { tag: 'any', calls: others(1) },
        { tag: 'any', calls: [tick, cancel(0)] },
      ],
      mayWait: () => true,
    };
  }
  const roles: Behaviour<Call>[] = [
    { tag: 'any', calls: [call(says(1)), call(says(1), within(1)), send({ ...says(2), grants: 1 })] },
    { tag: 'any', calls: [receive(), receive(within(1)), replyReceive([3]), reply(4), wait(1, notAtAll)] },
    { tag: 'any', calls: [tick, cancel(0), cancel(1)] },
    { tag: 'in order', calls: [signal(1), call(says(5))] },
  ];
  const cast = [0, 1, 4, 2].slice(0, Math.max(threads, 3));
  return {
    parameters: drawnParameters(variant, cast, false),
    threads: roles.slice(0, cast.length),
    mayWait: () => true,
  };
};
