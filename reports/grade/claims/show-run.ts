import type { OutsideRun } from '#model/engine/outside/run.ts';
import type { Subject } from '#model/subject.ts';

const endings: Readonly<Record<OutsideRun['end'], string>> = {
  settled: 'nothing more happens',
  faulted: 'the machine stopped at a fault',
  'cut off': 'we stopped looking',
};

/** A run as text: an event a line, in order, as its callers saw them. */
export const showRun = ({ showCall, showAnswer }: Subject, { program, calls, end }: OutsideRun): string => {
  const parameters = Object.entries(program.parameters as object).map(
    ([name, value]) => `${name} ${JSON.stringify(value)}`,
  );
  const events = calls.flatMap(({ thread, call, answer, began, ended }) => [
    { at: began, text: `T${thread} calls ${showCall(call)}` },
    ...(ended === null ? [] : [{ at: ended, text: `T${thread} is told ${showAnswer(answer)} by ${showCall(call)}` }]),
  ]);
  const waiting = calls.filter(({ ended }) => ended === null);
  const last = [endings[end], ...waiting.map(({ thread, call }) => `T${thread} is still in ${showCall(call)}`)];
  return [
    parameters.join(', '),
    ...events.toSorted((one, other) => one.at - other.at).map(({ at, text }) => `${String(at).padStart(3)}  ${text}`),
    `end  ${last.join('; ')}`,
  ].join('\n');
};
