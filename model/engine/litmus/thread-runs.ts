import { Choices } from '#model/engine/litmus/choices.ts';
import type { Shape, ShapedEvent } from '#model/engine/litmus/shape.ts';
import { LitmusError } from '#model/engine/litmus/source.ts';
import { type Possible, type Sources, sourcesOf, Walk } from '#model/engine/litmus/walk.ts';
import type { MemoryEvent } from '#spec/machine/memory/execution.ts';
import type { LitmusProgram, LitmusThread, Value } from '#spec/machine/memory/program.ts';

/** One way through a thread. */
export interface Run {
  readonly shape: Shape;
  /** What each event read or wrote, as it is in memory; of a fence 0. */
  readonly values: readonly Value[];
  /** What the registers hold at the end. */
  readonly registers: readonly Value[];
  /** The address of an access to no location, which is where the run ends. */
  readonly strayAddress: Value | null;
}

/** All ways through a thread, if each read may give any value that its location may ever hold. */
export interface Runs {
  readonly runs: readonly Run[];
  /** Whether some ways were left out, because they go round a loop once too often. */
  readonly isCut: boolean;
}

/** Beyond this it is not worth waiting for. */
const runsMax = 200_000;

/** Runs one thread of a program in every way. Shapes are kept from one call to the next, so that ids stay. */
export class ThreadRunner {
  private readonly program: LitmusProgram;
  private readonly thread: LitmusThread;
  private readonly number: number;
  private readonly sources: readonly Sources[];
  private readonly shapes: Shape[] = [];
  constructor(program: LitmusProgram, number: number) {
    this.program = program;
    this.thread = program.threads[number] as LitmusThread;
    this.number = number;
    this.sources = this.thread.instructions.map(sourcesOf);
  }

  /** @throws LitmusError if there are too many */
  runs(possible: Possible): Runs {
    const runs: Run[] = [];
    let isCut = false;
    const choices = new Choices();
    do {
      choices.restart();
      const run = new Walk(this.program, this.thread, this.number, this.sources, possible, choices);
      if (run.isCut) isCut = true;
      else runs.push(this.finished(run));
      if (runs.length > runsMax) {
        const problem = `thread ${this.number} has more than ${runsMax} ways to run`;
        throw new LitmusError('bound', 0, problem, 'fewer reads, or fewer values, would help');
      }
    } while (choices.next());
    return { runs, isCut };
  }

  private finished({ events, values, registers, strayAddress }: Walk): Run {
    let shape = this.shapes.find((known) => isSameShape(known.events, events));
    if (!shape) {
      shape = { id: this.shapes.length, events };
      this.shapes.push(shape);
    }
    return { shape, values, registers, strayAddress };
  }
}

const isSameShape = (left: readonly ShapedEvent[], right: readonly ShapedEvent[]): boolean =>
  left.length === right.length && left.every((event, i) => isSame(event, right[i] as ShapedEvent));

const isSame = (left: ShapedEvent, right: ShapedEvent): boolean =>
  isSameEvent(left.event, right.event) &&
  left.pair?.read === right.pair?.read &&
  left.pair?.kind === right.pair?.kind &&
  left.address === right.address &&
  left.data === right.data &&
  left.control === right.control &&
  left.pickAddress === right.pickAddress &&
  left.pickData === right.pickData &&
  left.pickControl === right.pickControl;

const isSameEvent = (left: MemoryEvent, right: MemoryEvent): boolean => {
  if (left.tag === 'fence') return right.tag === 'fence' && left.fence === right.fence;
  if (right.tag === 'fence') return false;
  return (
    left.tag === right.tag &&
    left.location === right.location &&
    left.order === right.order &&
    left.isLocked === right.isLocked &&
    left.isExclusive === right.isExclusive &&
    (left.tag === 'write' || left.isDiscarded === (right.tag === 'read' && right.isDiscarded))
  );
};
