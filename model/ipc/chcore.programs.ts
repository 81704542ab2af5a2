/** Small programs, each about one thing that can go wrong between clients and the threads that serve them. */
import {
  accepts,
  atFirst,
  builtAgain,
  builtBefore,
  calls,
  clientPage,
  closes,
  confused,
  connected,
  crowded,
  firstFree,
  gets,
  gift,
  handlerThread,
  keepsake,
  kills,
  nested,
  oneConnection,
  reads,
  recycles,
  refuses,
  registersClient,
  registersServer,
  registerThread,
  returns,
  server,
  serverConnected,
  serverGift,
  serverPage,
  serverThread,
  serves,
  sets,
  shared,
  twoConnections,
  twoServers,
  unconnected,
  unshared,
  watched,
  withBystander,
  writes,
  yields,
} from '#model/ipc/chcore.setups.ts';
import type { Program } from '#model/subject.ts';
import type { ChcoreCall, ChcoreParameters } from '#spec/abi/ipc/chcore.ts';
import type { PendingCall } from '#spec/ipc/chcore.state.ts';

export type Call = PendingCall;

type Threads = readonly (readonly ChcoreCall[])[];

const client = 0;

/** The scenarios of a variant. */
export const scenarios = (variant: string): { name: string; program: Program<Call, ChcoreParameters> }[] => {
  const of = (name: string, parameters: ChcoreParameters, threads: Threads, cores = Math.max(2, threads.length)) => ({
    name,
    program: { variant, cores, parameters, threads },
  });
  const all = [
    // What is met with least often comes first.
    of('the header is changed while it is used', oneConnection(2), [
      [serves, sets(null, 0, serverGift), sets(null, 1, serverGift), writes(null, 1, 'count'), returns(1)],
      [calls(connected)],
      [writes(clientPage, 3, 'count')],
    ]),
    of('closed while it is built', unconnected(2), [
      [serves, accepts(handlerThread, serverPage)],
      [],
      [registersClient(serverThread, shared, clientPage)],
      [closes(firstFree), writes(clientPage, 3)],
    ]),
    of('one call', oneConnection(1), [[serves, returns(7)], [calls(connected)]]),
    of('two calls, and what they say', oneConnection(1), [
      [serves, reads(null), writes(null, 9), returns(1), reads(null), returns(2)],
      [writes(clientPage, 5), calls(connected), reads(clientPage), writes(clientPage, 6), calls(connected)],
    ]),
    of('calls that are refused at once', oneConnection(1), [
      [serves, returns(1)],
      [calls(connected, 3), calls(gift), calls(4), sets(4, 0, gift), sets(connected, 2, gift), gets(connected, 2)],
    ]),
    of('two threads over one connection', oneConnection(2), [
      [serves, returns(1), returns(2)],
      [calls(connected)],
      [sets(connected, 0, gift), calls(connected)],
    ]),
    of('two clients of one handler whose registers may be elsewhere', { ...twoConnections(), floatingPoint: [0] }, [
      [serves, returns(1), returns(2)],
      [calls(connected)],
      [calls(connected)],
    ]),
    of(
      'who tries again lets the handler run',
      twoConnections(),
      [[serves, yields, returns(1), returns(2)], [calls(connected)], [calls(connected, 0, 2)]],
      1,
    ),
    of('an attempt that fails changes nothing', twoConnections(), [
      [serves, sets(null, 0, serverGift), writes(null, 1, 'count'), returns(1)],
      [calls(connected), calls(connected), gets(connected, 0)],
      [calls(connected)],
    ]),
    of('as many capabilities as there can be, both ways', oneConnection(1), [
      [
        serves,
        gets(null, 1),
        sets(null, 0, serverGift),
        sets(null, 1, serverGift),
        writes(null, 2, 'count'),
        returns(1),
      ],
      [sets(connected, 0, gift), sets(connected, 1, gift), calls(connected, 2), gets(connected, 1)],
    ]),
    of('capabilities of the last call, and no others', oneConnection(1), [
      [serves, gets(null, 0), gets(null, 1), returns(1), gets(null, 0), gets(null, 1), returns(2)],
      [
        sets(connected, 0, gift),
        sets(connected, 1, gift),
        calls(connected, 1),
        sets(connected, 1, keepsake),
        calls(connected, 2),
      ],
    ]),
    of('capabilities of the last answer, and no others', oneConnection(1), [
      [
        serves,
        sets(null, 0, serverGift),
        writes(null, 1, 'count'),
        returns(1),
        writes(null, 0, 'count'),
        returns(2),
        writes(null, 1, 'count'),
        returns(3),
      ],
      [calls(connected), gets(connected, 0), calls(connected), gets(connected, 0), calls(connected)],
    ]),
    of('an answer that cannot be given', oneConnection(1), [
      [
        serves,
        sets(null, 0, serverGift),
        sets(null, 1, serverConnected),
        writes(null, 2, 'count'),
        returns(1),
        sets(null, 0, serverGift),
        writes(null, 1, 'count'),
        returns(2),
        writes(null, 3, 'count'),
        returns(3),
        writes(null, -1, 'count'),
        returns(4),
      ],
      [calls(connected), calls(connected), gets(connected, 0), calls(connected), calls(connected)],
    ]),
    of('connected, refused', unconnected(1), [
      [serves, refuses],
      [],
      [registersClient(serverThread, shared, clientPage), closes(firstFree)],
      [],
    ]),
    of('connected, and used', unconnected(1), [
      [serves, accepts(handlerThread, serverPage)],
      [serves, reads(null), returns(3)],
      [registersClient(serverThread, shared, clientPage), writes(clientPage, 4), calls(firstFree)],
      [],
    ]),
    of('a server that is late', atFirst, [
      [serves, accepts(handlerThread, serverPage)],
      [],
      [registersClient(serverThread, shared, clientPage)],
      [
        registersServer(handlerThread),
        registersServer(4),
        registersServer(registerThread),
        registersServer(registerThread),
      ],
    ]),
    of('what can be no server, and no handler', confused, [
      [serves, accepts(registerThread, serverPage), accepts(handlerThread, 4), accepts(4, serverPage), refuses],
      [],
      [
        registersClient(shared, shared, clientPage),
        registersClient(3, shared, clientPage),
        registersClient(4, shared, clientPage),
        registersClient(serverThread, shared, clientPage),
      ],
    ]),
    of('a registration that fails, and leaves nothing', crowded, [
      [serves],
      [serves, gets(null, 0), returns(1)],
      [registersClient(serverThread, shared, 0), sets(firstFree, 0, shared), calls(firstFree, 1)],
    ]),
    of('no page, no memory, no place for a connection', { ...unconnected(1), slots: 4, connectionsMax: 1 }, [
      [serves, accepts(handlerThread, serverPage), refuses],
      [serves],
      [
        registersClient(serverThread, unshared, clientPage),
        registersClient(serverThread, shared, 4),
        registersClient(serverThread, shared, clientPage),
        registersClient(serverThread, shared, clientPage),
        registersClient(serverThread, shared, 0),
        closes(firstFree),
        registersClient(serverThread, shared, 0),
      ],
    ]),
    of('two servers are to share one page', twoServers, [
      [serves, accepts(1, serverPage)],
      [serves, accepts(1, serverPage)],
      [registersClient(0, 2, clientPage)],
      [registersClient(1, 2, clientPage)],
    ]),
    of('closed, and built again in the same place', builtAgain, [
      [serves],
      [closes(builtBefore), registersClient(serverThread + 1, shared + 1, 0)],
      [closes(builtBefore)],
      [serves, accepts(0, 3)],
    ]),

    of('what was left with a connection goes with it', builtAgain, [
      [serves, gets(null, 0)],
      [
        sets(builtBefore, 0, shared + 1),
        closes(builtBefore),
        registersClient(serverThread + 1, shared + 1, 0),
        calls(0, 1),
      ],
      [],
      [serves, accepts(0, 3)],
    ]),
    of('a connection whose client has died is free for who recycles it', twoConnections(true), [
      [serves, returns(1), returns(2)],
      [calls(connected)],
      [calls(connected), recycles(client)],
      [kills(client)],
    ]),
    of('a handler is found busy, and is free before the connection is let go', twoConnections(), [
      [serves, returns(0)],
      [calls(connected)],
      [kills(client), calls(connected), recycles(client)],
    ]),
    of('closed by one client, called by another', twoConnections(), [
      [serves, returns(1)],
      [calls(connected), closes(connected)],
      [calls(connected)],
    ]),
    of('closed by a sibling', oneConnection(2), [[serves, returns(1)], [calls(connected)], [closes(connected)]]),
    of('closed by the server while it serves', oneConnection(1), [
      [serves, closes(serverConnected), returns(1)],
      [calls(connected), closes(connected), calls(connected)],
    ]),
    of('the client is killed and recycled', watched(1), [
      [serves, returns(1)],
      [calls(connected)],
      [kills(client), recycles(client), recycles(client)],
    ]),
    of('the server is killed and recycled', watched(1), [
      [serves, returns(1)],
      [calls(connected)],
      [kills(server), recycles(server)],
    ]),
    of('the handler kills its own process', oneConnection(1), [
      [serves, kills(server), returns(1)],
      [calls(connected), calls(connected), recycles(server), calls(connected)],
    ]),
    of('a killed handler asks for the next call', oneConnection(1), [
      [serves, kills(server), serves],
      [calls(connected), calls(connected)],
    ]),
    of('the server is killed between two calls', oneConnection(1), [
      [serves, returns(1), returns(2)],
      [calls(connected), kills(server), calls(connected), calls(connected)],
    ]),
    of('a handler is killed before it serves', oneConnection(1), [[returns(1), serves], [kills(server)]]),
    of('a register thread is killed before it serves', unconnected(1), [
      [accepts(handlerThread, serverPage), refuses],
      [],
      [kills(server)],
      [],
    ]),
    of('a client that was killed asks for more', watched(1), [
      [],
      [kills(client), calls(connected)],
      [recycles(client), recycles(client)],
    ]),
    of('two recycle the same process', twoConnections(true), [
      [serves],
      [kills(server), recycles(server)],
      [recycles(server)],
      [],
    ]),
    of('nobody is recycled alive', watched(1), [[], [recycles(client)], [kills(client), kills(client)]]),
    of('the client is killed while it is being connected', { ...unconnected(2), threads: withBystander }, [
      [serves, accepts(handlerThread, serverPage)],
      [],
      [registersClient(serverThread, shared, clientPage)],
      [kills(client), recycles(client)],
    ]),
    of('the client is recycled while it asks to be connected', { ...unconnected(2), threads: withBystander }, [
      [serves],
      [],
      [registersClient(serverThread, shared, clientPage)],
      [kills(client), recycles(client)],
    ]),
    of('the server is killed while it decides', { ...unconnected(2), threads: withBystander }, [
      [serves, accepts(handlerThread, serverPage)],
      [],
      [registersClient(serverThread, shared, clientPage)],
      [kills(server), recycles(server)],
    ]),
    of('a handler is killed while another works for it', nested, [
      [serves, returns(1)],
      [serves, calls(2), returns(2)],
      [calls(connected)],
      [kills(server)],
    ]),
  ];
  // Under one lock a third thread meets the others nowhere but in that lock; only a nested call needs more than two.
  const isSmall = ({ program }: (typeof all)[number]) => activeOf(program) <= 2 || program.parameters === nested;
  return variant === 'big-lock' ? all.filter(isSmall) : all;
};

const activeOf = ({ threads }: Program<Call, ChcoreParameters>): number =>
  threads.filter((calls) => calls.length > 0).length;
