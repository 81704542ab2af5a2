/** The domains, bindings and threads that programs with lightweight remote procedure calls are about. */
import type { LrpcBody, LrpcParameters } from '#spec/abi/ipc/lrpc.ts';

type Procedure = LrpcParameters['domains'][number]['procedures'][number];

/** A procedure that does `tag`, with so many A-stacks for each client. */
export const procedure = (tag: Exclude<LrpcBody['tag'], 'forward'>, aStacks = 1): Procedure => ({
  body: { tag },
  aStacks,
});

/** A procedure that calls on. */
const forwards = (binding: number, called: number, aStacks = 1): Procedure => ({
  body: { tag: 'forward', binding, procedure: called },
  aStacks,
});

const world = (
  homes: readonly number[],
  servers: readonly (readonly Procedure[])[],
  bindings: readonly (readonly [number, number])[],
  rest: Partial<LrpcParameters> = {},
): LrpcParameters => ({
  threads: homes.map((home, thread) => ({ home, priority: thread + 1 })),
  domains: servers.map((procedures) => ({ exported: procedures.length > 0, procedures })),
  bindings: bindings.map(([client, server]) => ({ client, server })),
  spareBindings: 0,
  spareAStacks: 0,
  eStacks: homes.length,
  ...rest,
});

const client: readonly Procedure[] = [];

/** Threads of domain 0, which is a client of domain 1; its one procedure adds, and has so many A-stacks. */
export const simple = (aStacks: number, threads = 2): LrpcParameters =>
  world(
    Array.from({ length: threads }, () => 0),
    [client, [procedure('add', aStacks)]],
    [[0, 1]],
  );

/** Two threads of domain 0, and a server with more A-stacks than E-stacks. */
export const crowded: LrpcParameters = world(
  [0, 0],
  [client, [procedure('add'), procedure('hold'), procedure('add')]],
  [[0, 1]],
);

/** Domain 0 calls domain 1, which calls on to domain 2; each thread belongs to one of them. */
export const nested = (homes: readonly number[], last: Procedure = procedure('add', 2), aStacks = 2): LrpcParameters =>
  world(
    homes,
    [client, [forwards(1, 0, aStacks), procedure('add')], [last]],
    [
      [0, 1],
      [1, 2],
    ],
  );

/** The same with the bindings numbered the other way round: the inner call's A-stack comes before the outer one's. */
export const nestedBackwards = (homes: readonly number[]): LrpcParameters =>
  world(
    homes,
    [client, [forwards(0, 0)], [procedure('add')]],
    [
      [1, 2],
      [0, 1],
    ],
  );

/** Domain 0 calls domain 2 by way of domain 1, and itself; that one may keep its callers. */
export const diamond = (homes: readonly number[]): LrpcParameters =>
  world(
    homes,
    [client, [forwards(1, 0)], [procedure('add'), procedure('hold')]],
    [
      [0, 1],
      [1, 2],
      [0, 2],
    ],
  );

/** A server that may keep its callers; thread 0 and 1 are the client's, thread 2 the server's. */
export const keeps = (homes: readonly number[], aStacks = 1): LrpcParameters =>
  world(homes, [client, [procedure('hold', aStacks), procedure('add')]], [[0, 1]], { eStacks: homes.length + 1 });

/** A server that may keep its callers in two procedures, each with an A-stack, and adds. */
export const keepsInTwo = (homes: readonly number[]): LrpcParameters =>
  world(homes, [client, [procedure('hold'), procedure('hold'), procedure('add')]], [[0, 1]], {
    eStacks: homes.length + 2,
  });

/** The server that may keep its callers, called by way of a third domain. */
export const keepsBehind = (homes: readonly number[]): LrpcParameters => ({
  ...nested(homes, procedure('hold'), 1),
  eStacks: homes.length + 1,
});

/** A server that may keep its callers, or crash, called by way of a third domain. */
export const keepsOrCrashes = (homes: readonly number[]): LrpcParameters =>
  world(
    homes,
    [client, [forwards(1, 0), forwards(1, 1)], [procedure('hold'), procedure('crash')]],
    [
      [0, 1],
      [1, 2],
    ],
    { eStacks: homes.length + 1 },
  );

/** Domain 0 calls domain 1, which calls on to domain 2, and that one to domain 3, which keeps its callers. */
export const threeDeep = (homes: readonly number[]): LrpcParameters =>
  world(
    homes,
    [client, [forwards(1, 0)], [forwards(2, 0)], [procedure('hold')]],
    [
      [0, 1],
      [1, 2],
      [2, 3],
    ],
    { eStacks: homes.length + 1 },
  );

/** Two clients of a server with all kinds of procedures, and a binding of the first to another server. */
export const strangers = (homes: readonly number[], eStacks = homes.length): LrpcParameters =>
  world(
    homes,
    [client, [procedure('add'), procedure('identify'), procedure('crash')], client, [procedure('add')]],
    [
      [0, 1],
      [2, 1],
      [0, 3],
    ],
    { eStacks },
  );

/** Nobody is bound to anybody yet, and domain 1 may be exported. */
export const unbound = (homes: readonly number[], exported: boolean, spareBindings = 2): LrpcParameters => ({
  ...world(homes, [client, [procedure('add'), procedure('identify')], client], [], {
    spareBindings,
    spareAStacks: 4,
  }),
  domains: [
    { exported: false, procedures: client },
    { exported, procedures: [procedure('add'), procedure('identify')] },
    { exported: false, procedures: client },
  ],
});

const unboundTo = (homes: readonly number[], only: Procedure): LrpcParameters => ({
  ...unbound(homes, true),
  domains: [
    { exported: false, procedures: client },
    { exported: true, procedures: [only] },
  ],
});

/** Nobody is bound yet to a server that keeps its callers. */
export const unboundKeeps = (homes: readonly number[]): LrpcParameters => unboundTo(homes, procedure('hold'));

/** Nobody is bound yet to a server that adds, with so many A-stacks. */
export const unboundAdds = (homes: readonly number[], aStacks: number): LrpcParameters =>
  unboundTo(homes, procedure('add', aStacks));

/** What is wrong with a world, if anything: what refers to something must find it, and procedures may not call in a ring. */
export const wrongWorld = ({ threads, domains, bindings }: LrpcParameters): string | undefined => {
  const isDomain = (domain: number): boolean => domain < domains.length;
  if (!threads.every(({ home }) => isDomain(home))) return 'a thread belongs to no domain';
  if (!bindings.every(({ client: from, server }) => isDomain(from) && isDomain(server) && from !== server)) {
    return 'a binding is not between two domains';
  }
  for (const [domain, { procedures }] of domains.entries()) {
    for (const { body } of procedures) {
      if (body.tag !== 'forward') continue;
      const bound = bindings[body.binding];
      if (bound?.client !== domain || !domains[bound.server]?.procedures[body.procedure]) {
        return `domain ${domain} calls on over what is no binding of its own, or no procedure`;
      }
      if (bound.server < domain) return `domain ${domain} calls on to one before it`;
    }
  }
  return undefined;
};
