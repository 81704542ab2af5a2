import type { Reading, ReadStep } from '#reports/export/readers/step.ts';

interface Event {
  readonly ph: string;
  readonly name: string;
  readonly cat: string;
  readonly ts: number;
  readonly dur: number;
  readonly pid: number;
  readonly tid: number;
  readonly id: number;
  readonly s: string;
  readonly args: Readonly<Record<string, unknown>>;
}

type Field = keyof Event;

/** The fields that the Trace Event Format wants of each phase. */
const required: Readonly<Record<string, readonly Field[]>> = {
  X: ['name', 'cat', 'ts', 'dur', 'pid', 'tid'],
  i: ['name', 'cat', 'ts', 'pid', 'tid', 's'],
  s: ['name', 'cat', 'ts', 'pid', 'tid', 'id'],
  f: ['name', 'cat', 'ts', 'pid', 'tid', 'id'],
  C: ['name', 'ts', 'pid', 'args'],
  M: ['name', 'pid', 'args'],
};

const isId = (value: unknown): boolean => Number.isSafeInteger(value) && (value as number) >= 0;
const isTime = (value: unknown): boolean => Number.isFinite(value) && (value as number) >= 0;
const rules: readonly (readonly [Field, (value: unknown) => boolean])[] = [
  ['ts', isTime],
  ['dur', isTime],
  ['pid', isId],
  ['tid', isId],
  ['id', isId],
];
const metadata: readonly string[] = ['process_name', 'process_sort_index', 'thread_name', 'thread_sort_index'];

const fieldProblems = (event: Event): string[] => {
  const fields = required[event.ph];
  if (!fields) return [`a phase ${event.ph}`];
  const missing = fields.filter((field) => event[field] === undefined).map((field) => `${event.name}: no ${field}`);
  const wrong = rules.filter(([field, isSound]) => event[field] !== undefined && !isSound(event[field]));
  const scope = event.ph === 'i' && !['g', 'p', 't'].includes(event.s) ? [`${event.name}: scope ${event.s}`] : [];
  const name = event.ph === 'M' && !metadata.includes(event.name) ? [`metadata ${event.name}`] : [];
  const count =
    event.ph === 'C' && !Object.values(event.args).every((value) => typeof value === 'number')
      ? [`${event.name} counts what is no number`]
      : [];
  return [
    ...missing,
    ...wrong.map(([field]) => `${event.name}: ${field} is ${event[field]}`),
    ...scope,
    ...name,
    ...count,
  ];
};

const trackOf = ({ pid, tid }: Event): string => `${pid}/${tid}`;

/** Slices of a track lie within each other or apart; in the order of the file the outer one comes first. */
const nestingProblems = (slices: readonly Event[]): string[] => {
  const open = new Map<string, Event[]>();
  return slices.flatMap((slice) => {
    const around = (open.get(trackOf(slice)) ?? []).filter(({ ts, dur }) => ts + dur > slice.ts);
    open.set(trackOf(slice), [...around, slice]);
    const parent = around.at(-1);
    const isWithin = !parent || slice.ts + slice.dur <= parent.ts + parent.dur;
    return isWithin ? [] : [`${slice.name} at ${slice.ts} reaches out of ${parent.name}`];
  });
};

/**
 * An arrow has one begin and one end, not before it, each within the slice of a step that the file has before it. Not at
 * a slice’s border: there Catapult’s viewer takes the slice that ends, and Perfetto’s the one that begins.
 */
const flowProblems = (events: readonly Event[]): string[] => {
  const ends = events.filter(({ ph }) => ph === 's' || ph === 'f');
  return ends.flatMap((end) => {
    const [from, to, ...more] = ends.filter((other) => other.id === end.id);
    const isPair =
      from?.ph === 's' &&
      to?.ph === 'f' &&
      more.length === 0 &&
      from.name === to.name &&
      from.cat === to.cat &&
      from.ts <= to.ts;
    const before = events.slice(0, events.indexOf(end)).filter((event) => trackOf(event) === trackOf(end));
    const slice = before.find(
      ({ ph, cat, ts, dur }) => ph === 'X' && cat === 'step' && ts < end.ts && end.ts < ts + dur,
    );
    return [...(isPair ? [] : [`arrow ${end.id} is no pair`]), ...(slice ? [] : [`arrow ${end.id} hangs in the air`])];
  });
};

/** The trace of a story. */
export const readPerfetto = (text: string): Reading => {
  const { traceEvents, displayTimeUnit }: { traceEvents: Event[]; displayTimeUnit: string } = JSON.parse(text);
  const timed = traceEvents.filter(({ ph }) => ph !== 'M');
  const names = new Map(
    traceEvents.flatMap((event) =>
      event.name === 'thread_name' ? [[trackOf(event), event.args['name'] as string]] : [],
    ),
  );
  const onTracks = timed.filter(({ ph, s }) => ph !== 'C' && s !== 'g');
  const problems = [
    ...(['ms', 'ns'].includes(displayTimeUnit) ? [] : [`times are shown in ${displayTimeUnit}`]),
    ...traceEvents.flatMap(fieldProblems),
    ...timed.flatMap((event, i) =>
      event.ts < (timed[i - 1]?.ts ?? 0) ? [`${event.name} at ${event.ts} goes back`] : [],
    ),
    ...onTracks.flatMap((event) => (names.has(trackOf(event)) ? [] : [`track ${trackOf(event)} has no name`])),
    ...nestingProblems(timed.filter(({ ph }) => ph === 'X')),
    ...flowProblems(timed),
  ];
  const steps = timed
    .filter(({ cat }) => cat === 'step')
    .map(
      (event): ReadStep => ({
        step: event.args['step'] as number,
        actor: (names.get(trackOf(event)) ?? '').replace(/^core (\d+)$/, 'core$1'),
        text: event.name,
        call: event.args['call'] as string | undefined,
        answer: event.args['answer'] as string | undefined,
      }),
    );
  return { problems, steps };
};
