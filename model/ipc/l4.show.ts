import type { Call } from '#model/ipc/l4.calls.ts';
import type { L4Answer, L4Message, MemoryRange, Timeouts, TimeoutTicks } from '#spec/abi/ipc/l4.ts';
import type { Activity, L4 } from '#spec/ipc/l4.state.ts';

const showTicks = (ticks: TimeoutTicks): string => (ticks === null ? '' : ticks === 0 ? 'at once' : `${ticks} ticks`);

const showTimeouts = (timeouts: Timeouts): string => {
  const shown = (['send', 'receive', 'transfer'] as const).flatMap((phase) =>
    timeouts[phase] === null ? [] : [`${phase} ${showTicks(timeouts[phase])}`],
  );
  return shown.length === 0 ? '' : `, ${shown.join(', ')}`;
};

const showRanges = (ranges: readonly MemoryRange[]): string =>
  ranges.map(({ address, countWords }) => `${address}+${countWords}`).join(' ');

const showMessage = ({ words, texts, grants }: L4Message): string =>
  `[${words.join(' ')}]${texts.length === 0 ? '' : ` texts ${showRanges(texts)}`}${grants === null ? '' : ` granting ${grants}`}`;

const showBuffers = (buffers: readonly MemoryRange[]): string =>
  buffers.length === 0 ? '' : `, buffers ${showRanges(buffers)}`;

/** A call as a person would write it. */
export const showCall = (call: Call): string => {
  switch (call.tag) {
    case 'send':
    case 'call':
      return `${call.tag}(${call.slot}, ${showMessage(call.message)}${showTimeouts(call.timeouts)})`;
    case 'receive':
      return `receive(${call.slot}${showBuffers(call.buffers)}${showTimeouts(call.timeouts)})`;
    case 'wait':
      return `wait(${call.slot}${showTimeouts(call.timeouts)})`;
    case 'reply':
      return `reply([${call.words.join(' ')}])`;
    case 'replyReceive':
      return `replyReceive(${call.slot}, [${call.words.join(' ')}]${showBuffers(call.buffers)}${showTimeouts(call.timeouts)})`;
    case 'signal':
      return `signal(${call.slot})`;
    case 'cancel':
    case 'kill':
    case 'rest of kill':
      return `${call.tag}(T${call.target})`;
    case 'ipc': {
      const sent =
        call.to === null ? '' : `T${call.to}${call.as === null ? '' : ` as T${call.as}`}: ${showMessage(call.message)}`;
      const received = call.from === null ? '' : `from ${call.from === 'any' ? 'any' : `T${call.from}`}`;
      return `ipc(${[sent, received].filter((part) => part !== '').join(', ')}${showBuffers(call.buffers)}${showTimeouts(call.timeouts)})`;
    }
    case 'page':
      return `page(${call.page} of space ${call.space})`;
    case 'rest of tick':
      return `rest of tick(${call.left.map((id) => `T${id}`).join(' ')})`;
    default:
      return `${call.tag}()`;
  }
};

/** An answer. */
export const showAnswer = (answer: L4Answer): string => {
  switch (answer.tag) {
    case 'ok':
      return 'ok';
    case 'signaled':
      return `signaled ${answer.word}`;
    case 'failed':
      return `${answer.errno} (${answer.phase}${answer.doneWords === 0 ? '' : `, after ${answer.doneWords} words`})`;
    case 'received': {
      const { badge, intended, words, texts, slot } = answer.message;
      if (intended !== null)
        return `[${[words, ...texts].map((part) => part.join(' ')).join('; ')}] from T${badge} for T${intended}`;
      return `[${[words, ...texts].map((part) => part.join(' ')).join('; ')}]${badge === 0 ? '' : ` badge ${badge}`}${slot === null ? '' : ` granted ${slot}`}`;
    }
  }
};

const showActivity = (activity: Activity): string => {
  switch (activity.tag) {
    case 'sending':
      return `sends to ${activity.sending.port}`;
    case 'receiving':
      return `receives at ${activity.receiving.port}`;
    case 'copying':
      return `copies to T${activity.to}${activity.missing ? `, a page of ${activity.missing === 'own' ? 'its own' : 'theirs'} missing` : ''}`;
    case 'taking':
      return `takes from T${activity.from}`;
    case 'waiting':
      return `waits at ${activity.object}`;
    case 'over':
      return `has ${showAnswer(activity.answer)}`;
    default:
      return activity.tag;
  }
};

/** Who does what, whom each owes a reply, who waits in which order, and what is signaled. */
export const showState = ({ threads, queue, signals }: L4): string => {
  const each = threads.map(({ activity, replyTo, dead }, id) => {
    const owes = replyTo === null ? '' : `, owes T${replyTo}`;
    return `T${id} ${dead ? 'dead, ' : ''}${showActivity(activity)}${owes}`;
  });
  const signaled = signals.some((signal) => signal !== 0) ? `; signals ${signals.join(' ')}` : '';
  return `${each.join('; ')}${queue.length === 0 ? '' : `; queue ${queue.map((id) => `T${id}`).join(' ')}`}${signaled}`;
};
