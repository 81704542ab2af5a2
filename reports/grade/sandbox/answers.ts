/** Reads what a submission's process says, and believes none of it: whatever has another shape is a failure. */
import { Kind } from '#impl/machine/ops.ts';
import {
  type Allocation,
  type Answer,
  type Request,
  type SentOp,
  type SentStep,
  stepsAhead,
  textLengthMax,
  type Value,
} from '#reports/grade/sandbox/protocol.ts';
import { SubmissionFailure } from '#reports/grade/sandbox/submission-failure.ts';

type AnswerOf<Asked extends Request['ask']> = Extract<
  Answer,
  Asked extends 'load'
    ? { exports: unknown }
    : Asked extends 'keep'
      ? { kept: unknown }
      : Asked extends 'boot'
        ? { layout: unknown }
        : Asked extends 'claims'
          ? { exported: unknown }
          : Asked extends 'holds'
            ? { said: unknown }
            : { steps: unknown }
>;

/** The answer to a request of that kind, or what the submission threw. SubmissionFailure: it is neither. */
export const readAnswer = <Asked extends Request['ask']>(
  line: string,
  asked: Asked,
): AnswerOf<Asked> | { readonly failed: string } => {
  let said: unknown;
  try {
    said = JSON.parse(line);
  } catch {
    throw unbelievable('it is not JSON');
  }
  if (!isRecord(said)) throw unbelievable('it is no object');
  if (isText(said['failed'])) return { failed: said['failed'] };
  return reading[asked](said) as AnswerOf<Asked>;
};

const unbelievable = (why: string): SubmissionFailure =>
  new SubmissionFailure('broke the protocol', `its process sent what the checker did not ask for: ${why}`);

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isText = (value: unknown): value is string => typeof value === 'string' && value.length <= textLengthMax;

const isWord = (value: unknown): value is number => typeof value === 'number' && Number.isInteger(value);

const listOf = (value: unknown, most: number): readonly unknown[] => {
  if (Array.isArray(value) && value.length <= most) return value;
  throw unbelievable('a list is missing or too long');
};

/** Deeper than whatever the host sends: a value that is not would exhaust the stack of whoever goes through it. */
const depthMax = 40;

const isShallow = (value: unknown, depthLeft = depthMax): boolean =>
  typeof value !== 'object' ||
  value === null ||
  (depthLeft > 0 && Object.values(value).every((part) => isShallow(part, depthLeft - 1)));

const plainIn = (value: unknown): Value => {
  if (value !== undefined && isShallow(value)) return value as Value;
  throw unbelievable('a value is missing or too deep');
};

const namesMax = 1000;

const textsOf = (value: unknown): readonly string[] =>
  listOf(value, namesMax).map((name) => {
    if (isText(name)) return name;
    throw unbelievable('a name is no text');
  });

const allocationsMax = 20_000;

/** Of all allocations together. */
const wordsMax = 20_000;

const wordsOf = (allocations: readonly Allocation[]): number =>
  allocations.reduce((sum, one) => sum + ('page' in one ? wordsOf(one.page) : one.count), 0);

const allocationsOf = (value: unknown): readonly Allocation[] => {
  if (!isShallow(value)) throw unbelievable('pages are too deep');
  const allocations = listOf(value, allocationsMax).map(allocationOf);
  if (wordsOf(allocations) > wordsMax) throw unbelievable('there are too many words');
  return allocations;
};

const allocationOf = (value: unknown): Allocation => {
  if (!isRecord(value)) throw unbelievable('an allocation is no object');
  const { name, count, initial, page, isAllocated } = value;
  if (page !== undefined && typeof isAllocated === 'boolean') {
    return { page: listOf(page, allocationsMax).map(allocationOf), isAllocated };
  }
  if (isText(name) && isWord(count) && isWord(initial) && count >= 0 && count <= allocationsMax) {
    return { name, count, initial: initial | 0 };
  }
  throw unbelievable('an allocation has another shape');
};

const orders: ReadonlySet<unknown> = new Set(['plain', 'relaxed', 'acquire', 'release', 'acq_rel', 'seq_cst']);
const kinds: ReadonlySet<unknown> = new Set(Object.values(Kind));

const numberOrNothing = (value: unknown): value is number | null => value === null || typeof value === 'number';

const opOf = (value: unknown): SentOp | undefined => {
  const [kind, address, operand, expected, order, site, text] = listOf(value, 7);
  const isSound =
    isWord(kind) &&
    kinds.has(kind) &&
    numberOrNothing(address) &&
    numberOrNothing(operand) &&
    numberOrNothing(expected) &&
    orders.has(order) &&
    (site === null || isText(site)) &&
    isText(text);
  return isSound ? [kind, address, operand, expected, order as string, site, text] : undefined;
};

const stepOf = (value: unknown): SentStep => {
  if (!isRecord(value)) throw unbelievable('a step is no object');
  if (value['op'] !== undefined) {
    const op = opOf(value['op']);
    return op ? { op } : { odd: true };
  }
  if (value['odd'] === true) return { odd: true };
  if (isText(value['threw'])) return { threw: value['threw'] };
  if (isWord(value['floating'])) return { floating: value['floating'] };
  const { returned, pending } = value;
  if (returned !== undefined && numberOrNothing(pending)) return { returned: plainIn(returned), pending };
  throw unbelievable('a step has another shape');
};

const stepsOf = (said: Record<string, unknown>): Answer => {
  const { steps, guesses, digest } = said;
  if (!isWord(digest)) throw unbelievable('a digest is no number');
  const read = listOf(steps, stepsAhead).map(stepOf);
  const words = listOf(guesses, stepsAhead).filter(isWord);
  if (read.length === 0 || words.length !== read.length - 1) throw unbelievable('steps and words do not fit');
  return { steps: read, guesses: words, digest };
};

const reading: Readonly<Record<Request['ask'], (said: Record<string, unknown>) => Answer>> = {
  load: ({ exports }) => ({ exports: textsOf(exports) }),
  keep: ({ kept }) => {
    if (kept === true) return { kept };
    throw unbelievable('nothing was kept');
  },
  boot: ({ allocations, layout }) => ({ allocations: allocationsOf(allocations), layout: plainIn(layout) }),
  begin: stepsOf,
  'go on': stepsOf,
  claims: ({ exported }) => ({ exported: plainIn(exported) }),
  holds: ({ said }) => ({
    said: listOf(said, namesMax).map((one) => {
      if (typeof one === 'boolean' || isText(one)) return one;
      throw unbelievable('a claim says neither yes nor no');
    }),
  }),
};
