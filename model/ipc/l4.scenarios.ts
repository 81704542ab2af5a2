import {
  bring,
  type Call,
  call,
  cancel,
  client,
  endpoint,
  forever,
  grants,
  kill,
  type L4Program,
  notAtAll,
  notification,
  other,
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
  take,
  tells,
  text,
  tick,
  to,
  twoBuffers,
  wait,
  wholeBuffer,
  within,
} from '#model/ipc/l4.calls.ts';
import { clans } from '#model/ipc/l4.clans.ts';
import type { Capability } from '#spec/ipc/l4.state.ts';

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
        chiefs: roles.map(() => null),
        spaceOf: roles.map((_, id) => id),
        absent: [],
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
    'two callers and two servers on one core',
    1,
    [[server], receive()],
    [[to(other, receives)], receive()],
    [[client(5)], call(says(1, 2))],
    [[to(other, sends)], call(says(3, 4))],
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
    'a server that waits two ticks for the next call',
    2,
    [[server], receive(), replyReceive([3], within(2)), receive(notAtAll)],
    [[client()], call(says(1)), tick, tick],
  ),
  scenario(
    'the same after a long reply',
    2,
    [[server], receive(), replyReceive([3, 4, 5], within(2)), receive(notAtAll)],
    [[client()], call(says(1)), tick, tick],
  ),
  scenario(
    'a second caller waits a tick for its reply',
    2,
    [[server], receive(), replyReceive([3])],
    [[client(1)], call(says(1)), tick],
    [[client(2)], call(says(2), { ...forever, receive: 1 })],
  ),
  scenario(
    'the reply comes as the caller is canceled',
    2,
    [[client(), to(notification, receives)], call(says(1)), wait(1)],
    [[server], receive(), reply(2)],
    [[], cancel(0)],
  ),
  scenario(
    'a server is canceled as it waits for the next call',
    2,
    [[server], receive(), replyReceive([3]), replyReceive([4])],
    [[client()], call(says(1)), cancel(0), send(says(2))],
  ),
  scenario(
    'a server is killed as it waits for the next call',
    2,
    [[server], receive(), replyReceive([3]), receive()],
    [[client()], call(says(1)), kill(0), send(says(2), notAtAll)],
  ),
  scenario(
    'a server that was killed serves who waited before',
    2,
    [[client()], call(says(1))],
    [[server], receive(), replyReceive([3])],
    [[], kill(1)],
  ),
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
  scenario('a server kills itself', 2, [[client()], call(says(1))], [[server], receive(), kill(1)]),
  scenario(
    'a caller is killed, and calls again',
    2,
    [[client()], call(says(1)), call(says(2))],
    [[server], receive(), kill(0), replyReceive([3]), reply(4)],
  ),
  scenario(
    'a second caller waits as the server replies',
    2,
    [[client(1)], call(says(1))],
    [[client(2)], call(says(2))],
    [[server], receive(), replyReceive([3], notAtAll)],
  ),
];

/** The same with pages that are not there, and in spaces that threads share. */
const inMemory =
  (
    make: (variant: string) => Named,
    absent: Parameters['absent'],
    spaceOf?: readonly number[],
  ): ((variant: string) => Named) =>
  (variant) => {
    const { name, program } = make(variant);
    const { parameters } = program;
    return {
      name,
      program: { ...program, parameters: { ...parameters, absent, spaceOf: spaceOf ?? parameters.spaceOf } },
    };
  };

const long: readonly ((variant: string) => Named)[] = [
  scenario('a text', 2, [[client()], send(tells(text(1, 3)))], [[server], take(wholeBuffer)]),
  scenario(
    'two texts, and a reply',
    2,
    [[client()], call(tells(text(0, 2), text(1, 1)))],
    [[server], take(twoBuffers), reply(2)],
  ),
  scenario(
    'the second text is too long',
    2,
    [[client()], send(tells(text(0, 1), text(1, 3)))],
    [[server], take(twoBuffers)],
  ),
  scenario('no buffer', 2, [[client()], call(tells(text(0, 2)))], [[server], receive(), reply(2)]),
  scenario(
    'a text, and a third thread on the same core',
    1,
    [[client()], send(tells(text(0, 2)))],
    [[server], take(wholeBuffer)],
    [[to(other, receives)], receive(notAtAll)],
  ),
  scenario(
    'a text to one, then to another',
    1,
    [
      [client(), to(other, sends)],
      send(tells(text(0, 1))),
      { tag: 'send', slot: 1, message: tells(text(1, 1)), timeouts: forever },
    ],
    [[server], take(wholeBuffer)],
    [[to(other, receives)], take(wholeBuffer)],
  ),
  inMemory(
    scenario(
      'a page of the sender is missing',
      2,
      [[server], take(wholeBuffer)],
      [[], bring(2, 1)],
      [[client()], send(tells(text(1, 2)))],
    ),
    [{ space: 2, page: 1 }],
  ),
  inMemory(
    scenario(
      'a page of the receiver is missing, and time is over',
      2,
      [[client()], send(tells(text(0, 3)), { ...forever, transfer: 1 })],
      [[server], take(wholeBuffer)],
      [[], tick],
    ),
    [{ space: 1, page: 3 }],
  ),
  inMemory(
    scenario(
      'canceled as a page is missing',
      2,
      [[client()], send(tells(text(0, 3)))],
      [[server], take(wholeBuffer)],
      [[], cancel(0)],
    ),
    [{ space: 1, page: 3 }],
  ),
  inMemory(
    scenario(
      'a pager that never answers',
      2,
      [[client()], send(tells(text(0, 1)), { ...forever, transfer: 0 })],
      [[server], take(wholeBuffer), take(wholeBuffer, notAtAll)],
    ),
    [{ space: 1, page: 2 }],
  ),
  inMemory(
    scenario(
      'two senders of one space, and a page is missing',
      1,
      [[client()], send(tells(text(1, 3)))],
      [[server], take(wholeBuffer)],
      [[to(other, sends)], send(tells(text(0, 2))), bring(0, 1)],
      [[to(other, receives)], take(wholeBuffer)],
    ),
    [{ space: 0, page: 1 }],
    [0, 1, 0, 2],
  ),
];

export const scenarios = (variant: string): readonly Named[] =>
  variant === 'clans' ? clans : [...named, ...long].map((make) => make(variant));
