import {
  always,
  costs,
  faultless,
  linearizes,
  type Observation,
  type ObservedCall,
  observes,
  progress,
  refines,
  sometimes,
  suite,
} from '#model/claim.ts';
import { type Parameters, registersMax } from '#model/ipc/l4.calls.ts';
import { l4 } from '#model/ipc/l4.ts';
import type { L4Answer, TimeoutTicks } from '#spec/abi/ipc/l4.ts';
import { route } from '#spec/ipc/l4.clans.ts';
import { type L4, type PendingCall, Right } from '#spec/ipc/l4.state.ts';

type Run = Observation<PendingCall, L4Answer, Parameters>;
type Done = ObservedCall<PendingCall, L4Answer>;

/** The words that a call sends; undefined: it sends none. */
const wordsOf = (call: PendingCall): readonly number[] | undefined => {
  if (call.tag === 'ipc' && call.to === null) return undefined;
  if ('message' in call) return call.message.words;
  return 'words' in call ? call.words : undefined;
};

const isSame = (a: readonly number[] | undefined, b: readonly number[]): boolean =>
  a?.length === b.length && b.every((word, i) => word === a[i]);

/** Who sent what is received; undefined: nobody. */
const senderOf = (run: Run, { thread, answer }: Done): Done | undefined => {
  if (answer?.tag !== 'received') return undefined;
  const { words } = answer.message;
  return run.calls.find((sent) => sent.thread !== thread && isSame(wordsOf(sent.call), words));
};

/** For how long the phase may wait in which a call failed. */
const timeoutOf = ({ call }: Done, phase: 'send' | 'receive'): TimeoutTicks =>
  'timeouts' in call ? call.timeouts[phase] : null;

/** What a call does there where it names a slot. */
const rightOf = ({ tag }: PendingCall): number =>
  tag === 'send' || tag === 'call' || tag === 'signal' ? Right.send : Right.receive;

/** Whether a thread has never had what its call names, or not the right to it. Nothing was granted to it by then. */
const isRefused = (run: Run, { thread, call, invokedStep }: Done): boolean => {
  if (!('slot' in call)) return false;
  const wasGranted = run.calls.some(
    ({ thread: other, answer, invokedStep: step }) =>
      other === thread && step < invokedStep && answer?.tag === 'received' && answer.message.slot === call.slot,
  );
  const { tables, notifications } = run.program.parameters;
  const held = tables[thread]?.[call.slot];
  const isOfNotifications = call.tag === 'signal' || call.tag === 'wait';
  const isUsable = held && notifications[held.object] === isOfNotifications && (held.rights & rightOf(call)) !== 0;
  return !wasGranted && !isUsable;
};

const activities = (state: L4, tag: string): number =>
  state.threads.filter(({ activity }) => activity.tag === tag).length;

/** The implementations in which endpoints are named by capabilities. */
const ofEndpoints = ['endpoints', 'big-lock'];

export default suite(l4, [
  refines(),
  linearizes({ checks: ['C1-022', 'C3-013'] }),
  progress({ checks: ['C3-014'] }),
  faultless(),

  always(
    'whoever is owed a reply waits for it, and nobody is owed two',
    ({ threads }) => {
      const owed = threads.flatMap(({ replyTo }) => (replyTo === null ? [] : [replyTo]));
      return new Set(owed).size === owed.length && owed.every((id) => threads[id]?.activity.tag === 'awaiting reply');
    },
    { id: 'one-reply', variants: ofEndpoints },
  ),
  always(
    'at an endpoint senders or receivers wait, and never both',
    ({ threads }) => {
      const [senders, receivers] = [new Set<number>(), new Set<number>()];
      for (const { activity } of threads) {
        if (activity.tag === 'sending') senders.add(activity.sending.port);
        if (activity.tag === 'receiving') receivers.add(activity.receiving.port);
      }
      return [...senders].every((port) => !receivers.has(port));
    },
    { id: 'one-kind', variants: ofEndpoints },
  ),
  sometimes('two senders wait', (state) => activities(state, 'sending') > 1),
  sometimes('two receivers wait', (state) => activities(state, 'receiving') > 1, { variants: ofEndpoints }),
  sometimes('a caller waits for a reply', (state) => activities(state, 'awaiting reply') > 0, {
    variants: ofEndpoints,
  }),
  sometimes('a thread was killed', ({ threads }) => threads.some(({ dead }) => dead)),
  sometimes('badges wait for somebody', ({ signals }) => signals.some((word) => word !== 0), { variants: ofEndpoints }),

  observes(
    'what is received is what another thread sent: all its words, each in its register',
    (run: Run) => run.calls.every((done) => done.answer?.tag !== 'received' || senderOf(run, done) !== undefined),
    { id: 'whole-messages', checks: ['C4-038'] },
  ),
  observes(
    'who waits for ever is never told that time is over, and others only after as many ticks as they waited for',
    (run: Run) =>
      run.calls.every((done) => {
        const { answer, answeredStep = 0 } = done;
        if (answer?.tag !== 'failed' || answer.errno !== 'ETIMEOUT') return true;
        const ticks = run.calls.filter(({ call, invokedStep }) => call.tag === 'tick' && invokedStep <= answeredStep);
        const timeout = timeoutOf(done, answer.phase);
        return timeout !== null && timeout <= ticks.length;
      }),
    { id: 'timeouts', checks: ['C1-022', 'C3-013'] },
  ),
  observes(
    'who does not wait at all is answered, and so is who replies, signals, or ends another’s wait',
    (run: Run) =>
      run.end !== 'quiescent' ||
      run.program.parameters.absent.length > 0 || // who copies waits for pages too
      run.calls.every(
        ({ call, answer }) =>
          answer !== undefined ||
          ('timeouts' in call && (call.timeouts.receive !== 0 || (call.tag !== 'receive' && call.timeouts.send !== 0))),
      ),
    { id: 'not-at-all', checks: ['C1-022', 'C3-014'] },
  ),
  observes(
    'who has no capability, or not the right, is told so, and nothing of who else is there',
    (run: Run) =>
      run.calls.every(
        (done) =>
          done.answer === undefined ||
          !isRefused(run, done) ||
          (done.answer.tag === 'failed' && (done.answer.errno === 'EBADF' || done.answer.errno === 'EACCES')),
      ),
    { id: 'nothing-leaks', checks: ['C4-045'], variants: ofEndpoints },
  ),
  observes(
    'a capability is granted only over one that may grant',
    (run: Run) =>
      run.calls.every((done) => {
        if (done.answer?.tag !== 'received' || done.answer.message.slot === null) return true;
        const { badge, words } = done.answer.message;
        return run.calls.some(({ thread, call }) => {
          if (
            (call.tag !== 'send' && call.tag !== 'call') ||
            call.message.grants === null ||
            !isSame(words, call.message.words)
          )
            return false;
          const over = run.program.parameters.tables[thread]?.[call.slot];
          return over?.badge === badge && (over.rights & Right.grant) !== 0;
        });
      }),
    { id: 'grants', variants: ofEndpoints },
  ),

  observes(
    'what crosses the border of a clan goes to the chief, one message for each border; a chief speaks only where it stands between',
    (run: Run) => {
      const { chiefs } = run.program.parameters;
      return run.calls.every(({ thread, answer }) => {
        if (answer?.tag !== 'received') return true;
        const { badge, intended, words } = answer.message;
        return run.calls.some(({ thread: sender, call }) => {
          if (call.tag !== 'ipc' || call.to === null || call.to !== intended || !isSame(call.message.words, words))
            return false;
          const goes = [badge, ...route(chiefs, badge, call.to)];
          return (call.as ?? sender) === badge && goes[goes.indexOf(sender) + 1] === thread && goes.includes(sender);
        });
      });
    },
    { id: 'by-the-chiefs', checks: ['C4-046'], variants: ['clans'] },
  ),

  costs(
    'a message that fits the registers is not copied; of a longer one, what does not fit is copied once',
    ({ program, traced }: Run) => {
      const most = program.threads.flat().map((call) => Math.max((wordsOf(call)?.length ?? 0) - registersMax, 0));
      const copied = traced.filter(({ name }) => name === 'copied words').map(({ word }) => word);
      return copied.every((words) => most.includes(words)) && copied.length <= most.filter((words) => words > 0).length;
    },
    { id: 'copies', checks: ['C4-037'], variants: ['endpoints'], isOfReference: true },
  ),
  costs(
    'after a direct switch the core runs the partner at once, and no other thread or dispatcher in between',
    ({ traced }: Run) =>
      traced.every((event, i) => {
        if (event.name !== 'direct switch') return true;
        const next = traced.slice(i + 1).find(({ core }) => core === event.core);
        return next === undefined || (next.name === 'message in registers' && next.context === event.word);
      }),
    { id: 'direct', checks: ['C4-043'], variants: ['endpoints'], isOfReference: true },
  ),
  costs(
    'whoever a core goes straight to runs in its own address space',
    ({ program, traced }: Run) =>
      traced.every(
        ({ name, context, word }) => name !== 'message in registers' || word === program.parameters.spaceOf[context],
      ),
    { id: 'own-space', variants: ['endpoints'], isOfReference: true },
  ),
  costs(
    'a text is copied once, through a window that is there only meanwhile: no two in one core, and none is left',
    ({ program, traced, end }: Run) => {
      const texts = program.threads.flat().flatMap((call) => ('message' in call ? call.message.texts : []));
      const sent = texts.reduce((sum, { countWords }) => sum + countWords, 0);
      const copied = traced.reduce((sum, { name, word }) => sum + (name === 'copied through the window' ? word : 0), 0);
      const mapped = new Set<number>();
      for (const { name, core } of traced) {
        if (name === 'window mapped' && mapped.has(core)) return false;
        if (name === 'window mapped') mapped.add(core);
        if (name === 'window unmapped') mapped.delete(core);
        if (name === 'direct switch' && mapped.has(core)) return false;
      }
      return copied <= sent && (mapped.size === 0 || end !== 'quiescent');
    },
    { id: 'window', checks: ['C4-039'], variants: ['endpoints'], isOfReference: true },
  ),
]);
