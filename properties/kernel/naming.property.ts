import {
  always,
  costs,
  faultless,
  linearizes,
  never,
  type Observation,
  type ObservedCall,
  observes,
  ordering,
  progress,
  refines,
  sometimes,
  suite,
} from '#model/claim.ts';
import type { Parameters } from '#model/kernel/naming.programs.ts';
import { naming } from '#model/kernel/naming.ts';
import type { Identity, Name, NamingAnswer } from '#spec/abi/kernel/naming.ts';
import type { CapabilityHandle } from '#spec/abi.ts';
import { compare, type PendingCall } from '#spec/kernel/naming.ts';

type Run = Observation<PendingCall, NamingAnswer, Parameters>;
type Done = ObservedCall<PendingCall, NamingAnswer>;

/** A call with who made it: in which life, by how many times that thread had restarted. */
interface Made extends Done {
  readonly by: Identity;
}

/** A name that somebody had, from when it may have been looked up until it can no more be. */
interface Tenure {
  readonly owner: Identity;
  readonly name: Name;
  readonly handle: CapabilityHandle;
  readonly fromStep: number;
  readonly untilStep: number;
}

const isSame = (a: Identity, b: Identity): boolean => a.process === b.process && a.life === b.life;

const isSameHandle = (a: CapabilityHandle, b: CapabilityHandle): boolean =>
  a.slot === b.slot && a.generation === b.generation;

const isSameName = (a: Name, b: Name): boolean => compare(a, b) === 0;

/** Whether every call was answered: of a run that is not over, nobody knows what the last calls did. */
const isOver = ({ end, calls }: Run): boolean =>
  end === 'quiescent' && calls.every(({ answer }) => answer !== undefined);

/** The calls of a run, each thread's in order, with who made them. */
const everyCall = ({ program, calls }: Run): Made[] =>
  program.threads.flatMap((_, process) => {
    const own = calls.filter(({ thread }) => thread === process);
    return own.map((done, i) => {
      const life = 1 + own.slice(0, i).filter(({ call }) => call.tag === 'restart').length;
      return { ...done, by: { process, life } };
    });
  });

const hasSucceeded = ({ answer }: Done): boolean => answer !== undefined && answer.tag !== 'failed';

/** Every tenure of a name. It ends when its end is answered: after that nobody can find the name there. */
const tenures = (run: Run): Tenure[] => {
  const made = everyCall(run);
  const ends = (owner: Identity, handle: CapabilityHandle): number =>
    made.find(
      ({ by, call, answer }) =>
        isSame(by, owner) &&
        answer?.tag === 'ok' &&
        (call.tag === 'restart' || (call.tag === 'unregister' && isSameHandle(call.handle, handle))),
    )?.answeredStep ?? Number.POSITIVE_INFINITY;
  const atBoot = run.program.parameters.processes.flatMap(({ registered }, process) =>
    registered.map((name, slot) => ({
      owner: { process, life: 1 },
      name,
      handle: { slot, generation: 1 },
      fromStep: Number.NEGATIVE_INFINITY,
    })),
  );
  const since = made.flatMap(({ by, call, answer, invokedStep }) =>
    call.tag === 'register' && answer?.tag === 'handle'
      ? [{ owner: by, name: call.name, handle: answer.handle, fromStep: invokedStep }]
      : [],
  );
  return [...atBoot, ...since].map((tenure) => ({ ...tenure, untilStep: ends(tenure.owner, tenure.handle) }));
};

/** To whom a capability may lead that somebody used: whom it had at boot, or who had the name when it was looked up. */
const mayLeadTo = (run: Run, { by, call }: Made): Identity[] => {
  if (!('handle' in call)) return [];
  const { handle } = call;
  const { registered = [], connected = [] } = run.program.parameters.processes[by.process] ?? {};
  const known = connected[handle.slot - registered.length];
  if (handle.generation === 1 && by.life === 1) {
    if (handle.slot < registered.length) return [by];
    if (known !== undefined) return [{ process: known, life: 1 }];
  }
  const held = tenures(run);
  return everyCall(run).flatMap((given) => {
    if (!isSame(given.by, by) || given.answer?.tag !== 'handle' || !isSameHandle(given.answer.handle, handle))
      return [];
    const { call: asked } = given;
    if (asked.tag === 'register') return [by];
    if (asked.tag !== 'lookup') return [];
    return held.filter((tenure) => isSameName(tenure.name, asked.name)).map(({ owner }) => owner);
  });
};

/** What a process received in one life, in order. */
const received = (run: Run, who: Identity): Made[] =>
  everyCall(run).filter(
    ({ by, call, answer }) => isSame(by, who) && call.tag === 'receive' && answer?.tag !== 'failed',
  );

/** The one who can have died where a notice says so; undefined: there are several of that name. */
const whoDied = (run: Run, { answer }: Done): Identity | undefined => {
  if (answer?.tag !== 'notice' || answer.event !== 'died') return undefined;
  const owners = tenures(run).filter(({ name }) => isSameName(name, answer.name));
  return owners.length === 1 ? owners[0]?.owner : undefined;
};

const everybody = (run: Run): Identity[] =>
  everyCall(run)
    .map(({ by }) => by)
    .filter((who, i, all) => all.findIndex((other) => isSame(other, who)) === i);

/** Whether `holds` of each notice of a death that somebody received, and who died. */
const everyDeath = (run: Run, holds: (notice: Made, who: Identity) => boolean): boolean =>
  everyCall(run).every((notice) => {
    const died = whoDied(run, notice);
    return died === undefined || holds(notice, died);
  });

const active = ({ program }: Run): number => program.threads.filter((calls) => calls.length > 0).length;

/** What the kernel does for a thread that has a core from start to end: as it retires. */
const readModifyWritesOfRetiring = 2;

export default suite(naming, [
  refines({ checks: ['C4-058'] }),
  linearizes({ checks: ['C4-058'] }),
  progress(),
  faultless(),
  ordering(['names'], { variants: ['hashed'] }),

  always('whoever has a name has the capability that owns it', ({ names, processes }) =>
    names.every(
      ({ name, owner }) =>
        owner === null ||
        processes[owner]?.slots.some(({ connection }) => connection?.owns && isSameName(connection.owns, name)),
    ),
  ),
  always('nobody waits for more notices than there is room for', ({ limits, processes }) =>
    processes.every(
      ({ inbox, noticesDue }) =>
        noticesDue <= limits.notices && inbox.filter(({ tag }) => tag === 'notice').length <= noticesDue,
    ),
  ),
  never('a process holds a capability to a life that has not begun', ({ processes }) =>
    processes.some(({ slots }) =>
      slots.some(({ connection }) => connection && connection.to.life > (processes[connection.to.process]?.life ?? 0)),
    ),
  ),
  sometimes('a process holds a capability to the dead', ({ processes }) =>
    processes.some(({ slots }) =>
      slots.some(({ connection }) => connection && connection.to.life < (processes[connection.to.process]?.life ?? 0)),
    ),
  ),
  sometimes('a name is watched that nobody has', ({ names }) => names.some(({ owner }) => owner === null)),
  sometimes('two watch one name', ({ names }) => names.some(({ watchers }) => watchers.length > 1)),
  sometimes('a notice stands behind a reply', ({ processes }) =>
    processes.some(({ inbox }) => inbox.some(({ tag }, i) => tag === 'notice' && inbox[i - 1]?.tag === 'reply')),
  ),
  sometimes('somebody has a name in its second life', ({ names, processes }) =>
    names.some(({ owner }) => owner !== null && (processes[owner]?.life ?? 0) > 1),
  ),

  observes(
    'a name never leads to another owner’s process: a message comes from who sent it, to who had the name when it was looked up',
    (run: Run) => {
      if (!isOver(run)) return true;
      const made = everyCall(run);
      return made.every(({ by, answer }) => {
        if (answer?.tag !== 'message') return true;
        const { from, word } = answer;
        return made.some(
          (sent) =>
            sent.call.tag === 'send' &&
            sent.call.word === word &&
            isSame(sent.by, from) &&
            hasSucceeded(sent) &&
            mayLeadTo(run, sent).some((owner) => isSame(owner, by)),
        );
      });
    },
    { id: 'own-process', checks: ['C4-058'] },
  ),
  observes(
    'a reply reaches the life that asked, and nobody who has its number later',
    (run: Run) => {
      if (!isOver(run)) return true;
      const made = everyCall(run);
      return made.every(({ by, answer }) => {
        if (answer?.tag !== 'reply') return true;
        const { from, word } = answer;
        return made.some(
          (sent) =>
            sent.call.tag === 'reply' && sent.call.word === word && isSame(sent.by, from) && isSame(sent.call.to, by),
        );
      });
    },
    { id: 'reply-to-who-asked' },
  ),
  observes(
    'a lookup finds a name only while somebody has it: not after its owner’s death, or after it was unregistered',
    (run: Run) => {
      if (!isOver(run)) return true;
      const held = tenures(run);
      return everyCall(run).every(({ call, answer, invokedStep, answeredStep = 0 }) => {
        if (call.tag !== 'lookup' || answer?.tag !== 'handle') return true;
        return held.some(
          ({ name, fromStep, untilStep }) =>
            isSameName(name, call.name) && fromStep < answeredStep && untilStep > invokedStep,
        );
      });
    },
    { id: 'found-while-it-is-there' },
  ),
  observes(
    'a name is unregistered by its owner only: with the capability that registering it gave',
    (run: Run) => {
      if (!isOver(run)) return true;
      const held = tenures(run);
      return everyCall(run).every((done) => {
        const { by, call } = done;
        if (call.tag !== 'unregister' || !hasSucceeded(done)) return true;
        return held.some(({ owner, handle }) => isSame(owner, by) && isSameHandle(handle, call.handle));
      });
    },
    { id: 'owner-only' },
  ),
  observes(
    'whoever watches a name is told at most once each time it asked',
    (run: Run) =>
      !isOver(run) ||
      everybody(run).every((who) => {
        const notices = received(run, who).flatMap(({ answer }) => (answer?.tag === 'notice' ? [answer.name] : []));
        return notices.every((name) => {
          const asked = everyCall(run).filter(
            (done) =>
              isSame(done.by, who) &&
              done.call.tag === 'watch' &&
              isSameName(done.call.name, name) &&
              hasSucceeded(done),
          );
          return notices.filter((other) => isSameName(other, name)).length <= asked.length;
        });
      }),
    { id: 'told-once' },
  ),
  observes(
    'the notice of a death comes after all that the dead has sent',
    (run: Run) =>
      !isOver(run) ||
      everyDeath(run, (notice, died) => {
        const later = received(run, notice.by).filter(({ invokedStep }) => invokedStep > notice.invokedStep);
        return later.every(({ answer }) => !answer || !('from' in answer) || !isSame(answer.from, died));
      }),
    { id: 'notice-last' },
  ),
  observes(
    'who is told of a death sends nothing to the dead any more, nor to who has its name or number then',
    (run: Run) =>
      !isOver(run) ||
      everyDeath(run, (notice, died) =>
        everyCall(run).every((sent) => {
          if (sent.call.tag !== 'send' || !isSame(sent.by, notice.by)) return true;
          if (sent.invokedStep < (notice.answeredStep ?? 0) || !hasSucceeded(sent)) return true;
          const leads = mayLeadTo(run, sent);
          return leads.length === 0 || leads.some((owner) => !isSame(owner, died));
        }),
      ),
    { id: 'dead-is-dead' },
  ),
  observes(
    'a capability that has led to the dead once leads nowhere for ever',
    (run: Run) => {
      const made = everyCall(run);
      return made.every(({ by, call, answer, answeredStep = Number.POSITIVE_INFINITY }) => {
        if (call.tag !== 'send' || answer?.tag !== 'failed' || answer.errno !== 'EOWNERDEAD') return true;
        return !made.some(
          (later) =>
            later.call.tag === 'send' &&
            isSame(later.by, by) &&
            isSameHandle(later.call.handle, call.handle) &&
            later.invokedStep > answeredStep &&
            hasSucceeded(later),
        );
      });
    },
    { id: 'nowhere-for-ever' },
  ),
  costs(
    'a lookup takes no lock and writes nothing that others see: it fills a slot of its own',
    (run: Run) => {
      const { program, costs: spent, end } = run;
      const isQuiet = end === 'quiescent' && spent.interrupts === 0 && active(run) <= program.cores;
      if (!isQuiet || !program.threads.flat().every((call) => call.tag === 'lookup' && !call.waiting)) return true;
      return spent.readModifyWrites <= active(run) * readModifyWritesOfRetiring;
    },
    { id: 'lookups-take-no-lock', variants: ['hashed'], isOfReference: true },
  ),
]);
