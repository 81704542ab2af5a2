import { Kind, type Word } from '#impl/machine/ops.ts';
import { type Contexts, isSame } from '#model/engine/cores/contexts.ts';
import type { CoreStep } from '#model/engine/cores/core-step.ts';

/** So many waits are looked at again, so often each, and so many steps after it. */
const retriesMax = 50;
const failuresMax = 8;
const comparedMax = 200;

/** A compare-and-swap that is taken for a wait when it reads `word`. */
interface Retry {
  readonly step: CoreStep;
  readonly word: Word;
}

/** Locks that are tried again and again: a failed compare-and-swap, a wait, and the same once more. Taken for waits. */
export class Retries {
  readonly #contexts: Contexts;
  readonly #after: (step: CoreStep, word: Word) => CoreStep;
  /** Every so many of them, from all over the exploration. */
  #sampled: Retry[] = [];
  #every = 1;
  #seen = 0;

  /** `after`: the step after one that gave a word. */
  constructor(contexts: Contexts, after: (step: CoreStep, word: Word) => CoreStep) {
    this.#contexts = contexts;
    this.#after = after;
  }

  /** Whether a compare-and-swap that reads `word` and fails is tried again. */
  isRetried(step: CoreStep, word: Word): boolean {
    if (!this.#triedAgain(step, word)) return false;
    if (this.#seen++ % this.#every === 0) this.#sampled.push({ step, word });
    if (this.#sampled.length > retriesMax) {
      this.#sampled = this.#sampled.filter((_, i) => i % 2 === 0);
      this.#every *= 2;
    }
    return true;
  }

  /**
   * Whether what was taken for a wait does nothing but wait: it is the same again however often it fails, and what comes
   * after it is the same as if it never had. Tries some of what was explored.
   */
  areWaits(): boolean {
    return this.#sampled.every((retry) => this.#isWait(retry));
  }

  #isWait({ step, word }: Retry): boolean {
    const contexts = this.#contexts;
    const once = contexts.after(step.standing.at, step.expected);
    let again: CoreStep | undefined = step;
    for (let failures = 1; failures <= failuresMax; failures++) {
      again = this.#triedAgain(again, word);
      if (!again) return false;
      if (failures > 1 && failures < failuresMax) continue;
      if (!contexts.areAlike(once, contexts.after(again.standing.at, step.expected), comparedMax)) return false;
    }
    return true;
  }

  /** The compare-and-swap that follows a failed one and the wait after it, if it is the same. */
  #triedAgain(step: CoreStep, word: Word): CoreStep | undefined {
    const wait = this.#after(step, word);
    if (wait.kind !== Kind.awaitWord || wait.address !== step.address) return undefined;
    if (wait.operand !== step.expected || wait.expected !== 0) return undefined;
    const again = this.#after(wait, 0);
    const { at, maskDepth } = step.standing;
    const { at: atAgain, maskDepth: maskDepthAgain } = again.standing;
    if (again.role !== step.role || atAgain.context !== at.context || maskDepthAgain !== maskDepth) return undefined;
    return isSame(at, atAgain) ? again : undefined;
  }
}
